import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { Connection } from './database.ts'
import { err, ok, type Result } from '../domain/result.ts'

/** Another process writes to the data directory. */
export interface DataDirectoryLocked {
  readonly type: 'DataDirectoryLocked'
  readonly directory: string
}

/** The right to write to a data directory, until it is closed or the process ends in whatever way. */
export interface DataDirectoryLock {
  readonly directory: string
  close(): void
}

/**
 * Takes the exclusive right to write to a data directory.
 *
 * An SQLite transaction that is never ended holds `lock.db`: the lock is the operating system's, so it goes with the
 * process, SIGKILL included, and no stale file is ever to be judged. Nothing else in this process may open `lock.db`:
 * closing any descriptor of a file gives up the process's POSIX locks on it.
 *
 * @param directory An existing directory.
 * @returns The lock; `DataDirectoryLocked` at once, without waiting, when somebody else has it.
 * @throws When `lock.db` cannot be made or opened.
 * @see https://www.sqlite.org/lockingv3.html
 */
export function acquireDataDirectoryLock(directory: string): Result<DataDirectoryLock, DataDirectoryLocked> {
  let db: Connection | null = null
  try {
    db = new Database(join(directory, 'lock.db'), { timeout: 0 })
    db.exec('begin exclusive')
    return ok(lockHeldBy(db, directory))
  } catch (cause) {
    db?.close()
    if (cause instanceof Database.SqliteError && cause.code === 'SQLITE_BUSY') {
      return err({ type: 'DataDirectoryLocked', directory })
    }
    throw new Error(`Cannot lock the data directory "${directory}"`, { cause })
  }
}

function lockHeldBy(db: Connection, directory: string): DataDirectoryLock {
  return { directory, close: () => void db.close() }
}
