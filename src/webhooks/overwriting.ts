import Database from 'better-sqlite3'

/** How long those are left alone who read the file just then, such as a back-up. */
const RETRY_MS = 10_000

/** Sees to it that what was deleted from a database is in none of its files any more. */
export interface Overwriting {
  /** Now, or else by itself as soon as nobody reads the file; the next start does it too. Waits for nobody. */
  begin(): void
  /** Tries once more, and then never again. */
  stop(): void
}

/** Creates what overwrites what was deleted: by `vacuum`, and by emptying the WAL, which has all pages of before. */
export function createOverwriting(db: Database.Database, retryMs = RETRY_MS): Overwriting {
  /** Whether pages of the file still may have something: the WAL alone can be what is left to do. */
  let isFileLeft = false
  let isWalLeft = false
  let timer: NodeJS.Timeout | undefined

  function tryOnce(): void {
    clearTimeout(timer)
    // What SQLite copied from page to page before is not overwritten by `secure_delete`.
    if (isFileLeft) isFileLeft = !vacuum(db)
    if (isWalLeft) isWalLeft = !emptyWal(db)
  }

  function tryUntilDone(): void {
    tryOnce()
    if (isFileLeft || isWalLeft) timer = setTimeout(tryUntilDone, retryMs).unref()
  }

  return {
    begin() {
      isFileLeft = true
      isWalLeft = true
      tryUntilDone()
    },
    stop() {
      isWalLeft = true
      tryOnce()
    },
  }
}

/** @returns Whether it came to an end. Where it did not, as somebody writes or the disk is full, the file is as it was. */
function vacuum(db: Database.Database): boolean {
  try {
    withoutWaiting(db, () => db.exec('vacuum'))
    return true
  } catch (fault) {
    if (fault instanceof Database.SqliteError) return false
    throw fault
  }
}

/** @returns Whether it is empty; not while another process reads what is in it. */
function emptyWal(db: Database.Database): boolean {
  const [outcome] = withoutWaiting(db, () => db.pragma('wal_checkpoint(truncate)')) as [{ readonly busy: number }]
  return outcome.busy === 0
}

/** SQLite would wait for others in this thread, and with it the whole node. */
function withoutWaiting<Value>(db: Database.Database, work: () => Value): Value {
  const waitMs = Number(db.pragma('busy_timeout', { simple: true }))
  db.pragma('busy_timeout = 0')
  try {
    return work()
  } finally {
    db.pragma(`busy_timeout = ${waitMs}`)
  }
}
