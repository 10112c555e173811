import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UnixMillis } from '../domain/time.ts'

/** Where the process that holds the data directory can be reached. */
export interface Runtime {
  readonly pid: number
  /** The base URL of its API, without a final slash. */
  readonly url: string
}

const NAME = 'runtime.json'
const SIGN_OF_LIFE_EVERY_MS = 10_000

/**
 * Tells other processes on this machine where the API is, and leaves signs of life: the file's time of change is
 * when the process was last seen. For the process that holds the lock.
 *
 * @returns Says goodbye: removes the file.
 */
export function keepRuntimeFile(dataDir: string, runtime: Runtime): () => void {
  const path = join(dataDir, NAME)
  const write = (): void => {
    writeFileSync(`${path}.partial`, JSON.stringify(runtime), { mode: 0o600 })
    renameSync(`${path}.partial`, path)
    const now = new Date()
    utimesSync(path, now, now)
  }
  write()
  const timer = setInterval(write, SIGN_OF_LIFE_EVERY_MS)
  return () => {
    clearInterval(timer)
    rmSync(path, { force: true })
  }
}

/** @returns What the last process wrote; null when it said goodbye, or none ever ran. */
export function readRuntime(dataDir: string): Runtime | null {
  const path = join(dataDir, NAME)
  return isThere(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Runtime) : null
}

/** When a process that did not say goodbye was last seen; null when it did. */
export function readLastSeenAt(dataDir: string): UnixMillis | null {
  const stats = statSync(join(dataDir, NAME), { throwIfNoEntry: false })
  return stats === undefined ? null : (Math.floor(stats.mtimeMs) as UnixMillis)
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
