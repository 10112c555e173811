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

/** Tells other processes on this machine where the API is. For the process that holds the lock. */
export function writeRuntime(dataDir: string, runtime: Runtime): void {
  const path = join(dataDir, NAME)
  writeFileSync(`${path}.partial`, JSON.stringify(runtime), { mode: 0o600 })
  renameSync(`${path}.partial`, path)
}

/** @returns What the last process wrote; null when it said goodbye, or none ever ran. */
export function readRuntime(dataDir: string): Runtime | null {
  const text = readIfThere(join(dataDir, NAME))
  return text === null ? null : (JSON.parse(text) as Runtime)
}

/** Leaves a sign of life: the file's time of change is when the process was last seen. */
export function touchRuntime(dataDir: string, now: UnixMillis): void {
  utimesSync(join(dataDir, NAME), now / 1000, now / 1000)
}

/** When a process that did not say goodbye was last seen; null when it did. */
export function readLastSeenAt(dataDir: string): UnixMillis | null {
  const stats = statSync(join(dataDir, NAME), { throwIfNoEntry: false })
  return stats === undefined ? null : (Math.floor(stats.mtimeMs) as UnixMillis)
}

export function removeRuntime(dataDir: string): void {
  rmSync(join(dataDir, NAME), { force: true })
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Error(`Cannot read ${path}`, { cause: error })
  }
}
