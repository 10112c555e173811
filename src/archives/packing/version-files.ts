import { dirname, join } from 'node:path'
import { PARTIAL } from '../../formats/partial-file.ts'
import { writeAll, type FileSteps } from '../file-steps.ts'

/** A file in the folder of a version. */
export type VersionFileName = 'index' | 'torrent' | 'stamp'

/** What is in the folder of a new version. */
export interface VersionFiles {
  readonly index: Uint8Array
  readonly torrent: Uint8Array
  /** What is known of its `data` before any of the version was hashed; null for nothing. */
  readonly stamp: string | null
}

/**
 * Writes the files of a version, so that each is there whole or not at all, and stays.
 *
 * A version is real once an event names it; until then its folder is swept at the next start.
 */
export function writeVersionFiles(files: FileSteps, folder: string, { index, torrent, stamp }: VersionFiles): void {
  const contents = new Map<VersionFileName, Uint8Array>([
    ['index', index],
    ['torrent', torrent],
  ])
  if (stamp !== null) contents.set('stamp', Buffer.from(stamp))
  replaceVersionFiles(files, folder, contents)
}

/** Writes these files of a version in the same way; the ones that are there are replaced in one step each. */
export function replaceVersionFiles(
  files: FileSteps,
  folder: string,
  contents: ReadonlyMap<VersionFileName, Uint8Array>,
): void {
  files.makeFolder(folder)
  for (const [name, bytes] of contents) writeDurably(files, join(folder, name + PARTIAL), bytes)
  for (const name of contents.keys()) files.rename(join(folder, name + PARTIAL), join(folder, name))
  files.syncFolder(folder)
  files.syncFolder(dirname(folder))
}

function writeDurably(files: FileSteps, path: string, bytes: Uint8Array): void {
  const file = files.create(path)
  try {
    writeAll(files, file, bytes)
    files.sync(file)
  } finally {
    files.close(file)
  }
}
