import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { readLastSeenAt, readRuntime, type Runtime } from '../runtime-file.ts'
import type { Settings } from '../settings.ts'

/** What is examined. */
export interface Examination {
  readonly settings: Settings
  /** The node that runs on the data directory; null where none does. */
  readonly running: Runtime | null
}

/** A process that lives leaves a sign every ten seconds. */
const FRESH_MS = 60_000

/** The node that runs on a data directory. Who has its process id, and left no sign of life of late, is somebody else. */
export function findRunning(dataDir: string): Runtime | null {
  const runtime = readRuntime(dataDir)
  const seenAt = readLastSeenAt(dataDir)
  if (runtime === null || seenAt === null) return null
  return Math.abs(Date.now() - seenAt) < FRESH_MS && isAlive(runtime.pid) ? runtime : null
}

/** The folder, or the nearest one above it that exists. */
export function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? nearestFolder(dirname(folder)) : folder
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
