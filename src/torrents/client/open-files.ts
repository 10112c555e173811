/** What the torrent client's process has open: files, sockets and all else that counts. */
export interface OpenFiles {
  /** Null where the system does not tell. */
  readonly openFiles: number | null
  /** How many it may have open; null where the system does not tell, or sets no limit. */
  readonly openFilesLimit: number | null
}

/** What is known of a process that is gone. */
export const UNKNOWN_OPEN_FILES: OpenFiles = { openFiles: null, openFilesLimit: null }

/** Many of all that may be open: time for an operator to raise the limit. */
const MANY = 0.8

/** Creates what tells, of one sample after the other, which is the first with many open files since there were few. */
export function createOpenFilesAlarm(): (sample: OpenFiles) => boolean {
  let wereMany = false
  return ({ openFiles, openFilesLimit }) => {
    const areMany = openFiles !== null && openFilesLimit !== null && openFiles >= MANY * openFilesLimit
    const isFirst = areMany && !wereMany
    wereMany = areMany
    return isFirst
  }
}
