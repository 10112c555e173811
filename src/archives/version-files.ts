import { dirname, join } from 'node:path'
import { writeAll, type FileSteps } from './file-steps.ts'

/** What ends the name of a file that is not whole yet. */
export const PARTIAL = '.partial'

/**
 * Writes the files of a version, so that each is there whole or not at all, and stays.
 *
 * A version is real once an event names it; until then its folder is swept at the next start.
 */
export function writeVersionFiles(files: FileSteps, folder: string, index: Uint8Array, torrent: Uint8Array): void {
  const contents = { index, torrent }
  files.makeFolder(folder)
  for (const [name, bytes] of Object.entries(contents)) writeDurably(files, join(folder, name + PARTIAL), bytes)
  for (const name of Object.keys(contents)) files.rename(join(folder, name + PARTIAL), join(folder, name))
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
