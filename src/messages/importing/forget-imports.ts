import type Database from 'better-sqlite3'
import type { Steps } from '../write-queue.ts'

/** Forgets which archives of a community were imported, and by which imports. */
export type ForgetImports = (community: number) => Steps<void>

interface Membership {
  readonly sequence: number
  readonly archive: number
}

const PAGE_ROWS = 500

/** Prepares the statements. What the imports removed has to be gone before. */
export function createForgetImports(db: Database.Database): ForgetImports {
  const unfinish = db.prepare<[number]>('update imported_archives set import = null where community = ?')
  const archives = db.prepare<[number], number>('select number from imported_archives where community = ?').pluck()
  const page = db.prepare<[number, number], Membership>(
    `select sequence, archive from archive_messages where (sequence, archive) > (?, ?)
     order by sequence, archive limit ${PAGE_ROWS}`,
  )
  const forget = db.prepare<[Membership]>(
    'delete from archive_messages where sequence = @sequence and archive = @archive',
  )
  const dropArchives = db.prepare<[number]>('delete from imported_archives where community = ?')
  const dropImports = db.prepare<[number]>('delete from imports where community = ?')

  return function* forgetImports(community) {
    // First of all, so that nothing counts as imported whose messages are half forgotten.
    unfinish.run(community)
    const numbers = new Set(archives.all(community))
    for (let rows = page.all(0, 0), last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
      for (const row of rows) if (numbers.has(row.archive)) forget.run(row)
      yield 0
      rows = page.all(last.sequence, last.archive)
    }
    dropArchives.run(community)
    dropImports.run(community)
  }
}
