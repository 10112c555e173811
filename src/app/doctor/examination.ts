import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Runtime } from '../runtime-file.ts'
import type { Settings } from '../settings.ts'

/** What is examined. */
export interface Examination {
  readonly settings: Settings
  /** The node that runs on the data directory; null where none does. */
  readonly running: Runtime | null
}

/** The folder, or the nearest one above it that exists. */
export function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? nearestFolder(dirname(folder)) : folder
}
