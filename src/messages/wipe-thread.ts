import Database from 'better-sqlite3'
import { workerData } from 'node:worker_threads'

/** What the thread is started with. */
export interface WipeData {
  readonly file: string
}

/** How long it waits for who reads, before it fails. */
const BUSY_MS = 30_000

/** Writes the whole database anew, and leaves nothing in the WAL. */
function wipe({ file }: WipeData): void {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_MS })
  try {
    db.pragma('secure_delete = on')
    db.exec('vacuum')
    const [checkpoint] = db.pragma('wal_checkpoint(truncate)') as readonly { readonly busy: number }[]
    if (checkpoint?.busy !== 0) throw new Error(`Cannot empty the WAL of "${file}": somebody reads it`)
  } finally {
    db.close()
  }
}

wipe(workerData as WipeData)
