import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A Seedbank that runs in a process of its own, on loopback alone. */
export interface NodeProcess {
  /** The base URL of its API, without a final slash. */
  readonly url: string
  readonly pid: number
  /** Sends a signal, and resolves when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: string | null }>
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** No traffic but on loopback, and nobody told. Port 0: a free one. */
const LOOPBACK: Readonly<Record<string, string>> = {
  SEEDBANK_PORT: '0',
  SEEDBANK_TORRENT_HOST: '127.0.0.1',
  SEEDBANK_TORRENT_PORT: '0',
  SEEDBANK_DHT: 'off',
  SEEDBANK_LSD: 'off',
  SEEDBANK_UPNP: 'off',
  SEEDBANK_TRACKERS: 'none',
  SEEDBANK_LOG_LEVEL: 'warn',
}

/**
 * Starts a node and waits until it answers.
 *
 * @param settings More settings, by the names of their environment variables.
 * @throws When the process ends before, with what it wrote to standard error.
 */
export async function startNodeProcess(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<NodeProcess> {
  const env = { ...process.env, ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir, ...settings }
  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-10_000)
  })
  const url = await Promise.race([urlFrom(child), exited.then(() => null)])
  if (url === null || child.pid === undefined) {
    throw new Error(`The node ended with code ${child.exitCode} before it served: ${errors}`)
  }
  return {
    url,
    pid: child.pid,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const [code, endedBy] = await exited
      return { code, signal: endedBy }
    },
  }
}

/** The URL that the node prints once it answers. */
async function urlFrom({ stdout }: ChildProcess): Promise<string | null> {
  if (stdout === null) return null
  for await (const line of createInterface({ input: stdout })) {
    const url = /http:\/\/\S+(?=\/graphql)/.exec(line)?.[0]
    if (url !== undefined) {
      stdout.resume()
      return url
    }
  }
  return null
}
