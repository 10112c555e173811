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
const FRESH_MS = 60_000

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
 * Has nobody turn to the process before, which died: somebody else may listen where it did. Its last sign of life stays.
 * For whoever holds the lock.
 */
export function disownServer(dataDir: string): void {
  const seenAt = readLastSeenAt(dataDir)
  if (seenAt === null) return
  const path = join(dataDir, NAME)
  const none: Runtime = { pid: process.pid, url: null, secret: '' }
  writeFileSync(`${path}.partial`, JSON.stringify(none), { mode: 0o600 })
  utimesSync(`${path}.partial`, new Date(seenAt), new Date(seenAt))
  renameSync(`${path}.partial`, path)
}

/** The node that runs on a data directory. Who has its process id, and left no sign of life of late, is somebody else. */
export function findRunning(dataDir: string): Runtime | null {
  const runtime = readRuntime(dataDir)
  const seenAt = readLastSeenAt(dataDir)
  if (runtime === null || seenAt === null) return null
  return Math.abs(Date.now() - seenAt) < FRESH_MS && isAlive(runtime.pid) ? runtime : null
}

/**
 * The server that holds a data directory, for whoever found it locked.
 *
 * @returns Why there is none to turn to, for the operator. What a process that died left behind is not turned to: it would
 *   tell the secret to whoever listens there now.
 */
export function findServer(dataDir: string): Result<Server, string> {
  if (!isThere(join(dataDir, NAME))) {
    return err(`Another process writes to ${dataDir}, and is no server: wait until it has ended`)
  }
  const runtime = findRunning(dataDir)
  if (runtime === null || runtime.url === null) {
    return err(`The server on ${dataDir} does not answer yet: try again in a moment`)
  }
  return ok({ url: runtime.url, secret: runtime.secret })
}

/** When a process that did not say goodbye was last seen; null when it did. */
export function readLastSeenAt(dataDir: string): UnixMillis | null {
  const stats = statSync(join(dataDir, NAME), { throwIfNoEntry: false })
  return stats === undefined ? null : (Math.floor(stats.mtimeMs) as UnixMillis)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
