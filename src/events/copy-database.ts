import { openReadOnly, type Connection } from './database.ts'

/** How many pages are copied in one turn of the event loop: less than 10 ms on a slow disk. */
const PAGES = 256

/** How far a copy has come. Begins anew where somebody wrote meanwhile. */
export interface CopyProgress {
  readonly pages: number
  readonly totalPages: number
}

/**
 * Copies a database as it is at one moment, also while others write to it.
 *
 * What is written meanwhile makes SQLite begin anew. The second time the copy holds on to one state of the file, which
 * keeps its WAL from being cut until the copy is done, and so comes to an end however much is written.
 *
 * @param target Must not exist.
 * @throws When the file does not exist, or one of the two cannot be read or written.
 */
export async function copyDatabase(
  file: string,
  target: string,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const db = openSource(file)
  let copied = 0
  try {
    await db.backup(target, {
      progress({ totalPages, remainingPages }) {
        const pages = totalPages - remainingPages
        if (pages < copied && !db.inTransaction) holdState(db)
        copied = pages
        onProgress({ pages, totalPages })
        return PAGES
      },
    })
  } catch (cause) {
    throw new Error(`Cannot copy "${file}" to "${target}"`, { cause })
  } finally {
    db.close()
  }
}

function openSource(file: string): Connection {
  try {
    return openReadOnly(file)
  } catch (cause) {
    throw new Error(`Cannot open "${file}" to copy it`, { cause })
  }
}

/** A transaction sees the file as it is at its first read. */
function holdState(db: Connection): void {
  db.exec('begin')
  db.prepare('select count(*) from sqlite_schema').get()
}
