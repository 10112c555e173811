import type { FileSteps } from '../../src/archives/file-steps.ts'
import { recordFileSteps } from './recorded-file-steps.ts'

/** A killed process leaves the same before each of these, as they change nothing. */
const HARMLESS: ReadonlySet<keyof FileSteps> = new Set([
  'openToRead',
  'sizeOf',
  'statsOf',
  'sizeAt',
  'read',
  'close',
  'list',
])

/** Real file steps that tell of each one before it is taken, if it changes something; they are counted from 0. */
export function changingSteps(before: (index: number) => void): FileSteps {
  let changes = 0
  return recordFileSteps((step) => {
    if (HARMLESS.has(step)) return
    before(changes)
    changes += 1
  }).files
}
