import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Dispatched } from './signals.ts'

const PLAIN_CLIENT = fileURLToPath(new URL('plain-client.ts', import.meta.url))

/** Fetches into the folder what the magnet links name, in a process of its own. @throws When that fails or `signal` aborts. */
export async function fetchWithPlainClient(
  folder: string,
  dispatched: readonly Dispatched[],
  signal: AbortSignal,
): Promise<void> {
  const magnets = dispatched.map(({ magnetUri }) => magnetUri)
  const client = spawn(process.execPath, [PLAIN_CLIENT, folder, ...magnets], { stdio: 'inherit', signal })
  const [code] = (await once(client, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The plain client ended with code ${code}`)
}
