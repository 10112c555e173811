import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { notedBytesOf, type FileStats } from '../../formats/check-stamp.ts'
import { PARTIAL } from '../../formats/partial-file.ts'
import { readStamp } from './check-stamp.ts'

/** Beside the note of a generation: see `noteStampOf`. */
export function noteStampPathOf(heldPath: string): string {
  return `${heldPath}.stamp`
}

/** What the system says of the file that stands there now; null where it says nothing. Whoever asks is in doubt then. */
export async function readFileStats(path: string): Promise<FileStats | null> {
  return stat(path, { bigint: true }).catch(() => null)
}

/** What is known of a note. */
export interface TrustedNote {
  /** Of how many of the first bytes of `data` it is true; 0 where nothing is known. */
  readonly checkedBytes: number
  /** The stamp that says so, or says nothing any more; null for none. */
  readonly stamp: string | null
}

/**
 * Finds out what is known of the note of this `data`.
 *
 * @param data What the system says of it.
 * @throws The system error, when too many files are open.
 */
export async function readTrustedNote(heldPath: string, data: FileStats): Promise<TrustedNote> {
  const stamp = await readStamp(noteStampPathOf(heldPath))
  const held = await readFileStats(heldPath)
  return { stamp, checkedBytes: stamp === null || held === null ? 0 : notedBytesOf(stamp, { data, held }) }
}

/**
 * Writes the stamp, so that it is there whole or not at all, if the one before is still there: what that said may have been
 * found to be wrong. It is synchronous, as `removeNoteStamp` is, so that neither comes between the steps of the other: one
 * process alone writes stamps.
 *
 * @param before What was read or written last; null for none.
 * @returns Whether it was there.
 * @throws The system error.
 */
export function replaceNoteStamp(heldPath: string, before: string | null, stamp: string): boolean {
  const path = noteStampPathOf(heldPath)
  const now = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (now !== before) return false
  writeFileSync(path + PARTIAL, stamp)
  renameSync(path + PARTIAL, path)
  return true
}

/** Takes the stamp away, if there is one. @throws The system error. */
export function removeNoteStamp(heldPath: string): void {
  rmSync(noteStampPathOf(heldPath), { force: true })
}
