import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRuntimeSecret } from '../access/access-secret.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'

/** The process that holds the data directory. */
export interface Runtime {
  readonly pid: number
  /** The base URL of its API, without a final slash; null while it does not answer yet. */
  readonly url: string | null
  /** What the API knows the command line of this machine by, until the process ends. */
  readonly secret: string
}

/** A server that runs on a data directory, and what it lets this machine's command line in by. */
export interface Server {
  /** The base URL of its API, without a final slash. */
  readonly url: string
  readonly secret: string
}

/** What a process tells others on this machine about itself. */
export interface RuntimeFile {
  readonly secret: string
  tellUrl(url: string): void
  /** Says goodbye. */
  remove(): void
}

const NAME = 'runtime.json'
const SIGN_OF_LIFE_EVERY_MS = 10_000

/**
 * Leaves signs of life, and tells where the API is once that is known: the file's time of change is when the process
 * was last seen. For the process that holds the lock.
 *
 * @param now Says when a sign was left. How often one is, goes by a timer of its own.
 * @param onFault Is told of a sign that could not be left, as on a full disk; the next is tried all the same.
 */
export function keepRuntimeFile(
  dataDir: string,
  pid: number,
  now: () => UnixMillis,
  onFault: (fault: unknown) => void,
): RuntimeFile {
  const path = join(dataDir, NAME)
  const secret = makeRuntimeSecret()
  let runtime: Runtime = { pid, url: null, secret }
  const write = (): void => {
    writeFileSync(`${path}.partial`, JSON.stringify(runtime), { mode: 0o600 })
    renameSync(`${path}.partial`, path)
    const seenAt = new Date(now())
    utimesSync(path, seenAt, seenAt)
  }
  write()
  const timer = setInterval(() => {
    try {
      write()
    } catch (cause) {
      onFault(new Error(`Cannot leave a sign of life in ${path}`, { cause }))
    }
  }, SIGN_OF_LIFE_EVERY_MS)
  timer.unref() // What keeps the process alive is what it does, not that it says so.
  return {
    secret,
    tellUrl(url) {
      runtime = { pid, url, secret }
      write()
    },
    remove() {
      clearInterval(timer)
      rmSync(path, { force: true })
    },
  }
}

/** @returns What the last process wrote; null when it said goodbye, or none ever ran. */
export function readRuntime(dataDir: string): Runtime | null {
  const path = join(dataDir, NAME)
  return isThere(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Runtime) : null
}

/**
 * The server that holds a data directory, for whoever found it locked.
 *
 * @returns Why there is none to turn to, for the operator.
 */
export function findServer(dataDir: string): Result<Server, string> {
  const runtime = readRuntime(dataDir)
  if (runtime === null) return err(`Another process writes to ${dataDir}, and is no server: wait until it has ended`)
  const { url, secret } = runtime
  if (url === null) return err(`The server on ${dataDir} does not answer yet: try again in a moment`)
  return ok({ url, secret })
}

/** When a process that did not say goodbye was last seen; null when it did. */
export function readLastSeenAt(dataDir: string): UnixMillis | null {
  const stats = statSync(join(dataDir, NAME), { throwIfNoEntry: false })
  return stats === undefined ? null : (Math.floor(stats.mtimeMs) as UnixMillis)
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
