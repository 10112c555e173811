import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: string | null
  /** The end of what it wrote to standard error. */
  readonly errors: string
}

/** A Seedbank in a process of its own, from the moment it was spawned. */
export interface SpawnedNode {
  readonly pid: number
  /** The base URL of its API, without a final slash, once it answers; null when it ends before. */
  readonly url: Promise<string | null>
  readonly ended: Promise<ProcessEnd>
  /** Sends a signal, and resolves when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<ProcessEnd>
}

/** A Seedbank that runs in a process of its own, on loopback alone. */
export interface NodeProcess extends Omit<SpawnedNode, 'url'> {
  /** The base URL of its API, without a final slash. */
  readonly url: string
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** No traffic but on loopback, and nobody told. Port 0: a free one. Archives are created where a test wishes for one. */
export const LOOPBACK: Readonly<Record<string, string>> = {
  SEEDBANK_PORT: '0',
  SEEDBANK_TORRENT_HOST: '127.0.0.1',
  SEEDBANK_TORRENT_PORT: '0',
  SEEDBANK_DHT: 'off',
  SEEDBANK_LSD: 'off',
  SEEDBANK_UPNP: 'off',
  SEEDBANK_TRACKERS: 'none',
  SEEDBANK_LOG_LEVEL: 'warn',
  SEEDBANK_SCHEDULE: 'off',
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
  const node = spawnNodeProcess(dataDir, settings)
  const url = await node.url
  if (url === null) {
    const { code, errors } = await node.ended
    throw new Error(`The node ended with code ${code} before it served: ${errors}`)
  }
  return { ...node, url }
}

/**
 * Starts a node, and does not wait for it.
 *
 * @param settings More settings, by the names of their environment variables.
 * @throws When there can be no process.
 */
export function spawnNodeProcess(dataDir: string, settings: Readonly<Record<string, string>> = {}): SpawnedNode {
  const env = { ...process.env, ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir, ...settings }
  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid === undefined) throw new Error(`Cannot start a node with ${process.execPath}`)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-10_000)
  })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const closed = once(child, 'close')
  const ended = exited.then(async ([code, signal]) => {
    // Who gives up has said why. Who is killed has not, and its torrent client holds standard error open for a while.
    if (signal === null) await closed
    return { code, signal, errors }
  })
  return {
    pid: child.pid,
    url: Promise.race([urlFrom(child), exited.then(() => null)]),
    ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
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
