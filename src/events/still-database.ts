import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

/**
 * Opens a database to look at it, without changing or leaving a byte beside it: for a folder whose owner may be another
 * user, who could not write to files that were left there.
 *
 * It is Node's own SQLite, which takes such wishes in the name of the file. The process must not have the file open otherwise:
 * either library would give up the locks of the other.
 *
 * @param isWritten Whether a process writes to it now. What that one keeps beside the file is then shared.
 * @throws When the file does not exist or cannot be opened.
 */
export function openStill(file: string, isWritten: boolean): DatabaseSync {
  const url = pathToFileURL(file)
  if (!isWritten) {
    const hasLog = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0
    // What a crash left in the write-ahead log is read, and not written back.
    url.search = hasLog ? 'readonly_shm=1' : 'immutable=1'
  }
  return new DatabaseSync(url, { readOnly: true, timeout: 5000 })
}
