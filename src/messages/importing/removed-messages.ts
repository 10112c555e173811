import type Database from 'better-sqlite3'
import type { MessageWriter } from '../message-writer.ts'
import type { Steps } from '../write-queue.ts'

/** What imports removed. */
export interface RemovedMessages {
  /** Forgets what the imports of a community below a number removed. */
  dropBefore(community: number, number: number): Steps<void>

  /** Puts back what an import removed. Returns how many messages that was, those of a try before included. */
  restore(byImport: number): Steps<number>
}

interface RemovedRow {
  readonly archive: number
  readonly sequence: number
  readonly bytes: number
}

const PAGE_ROWS = 500

/** Prepares the statements. */
export function createRemovedMessages(db: Database.Database, writer: MessageWriter): RemovedMessages {
  const page = db.prepare<[number, number, number], RemovedRow>(
    `select archive, sequence, bytes from removed_messages where import = ? and (archive, sequence) > (?, ?)
     order by archive, sequence limit ${PAGE_ROWS}`,
  )
  const importsBefore = db
    .prepare<[number, number], number>('select number from imports where community = ? and number < ?')
    .pluck()
  const countRestored = db
    .prepare<[number, number], number>('update imports set restored = restored + ? where number = ? returning restored')
    .pluck()
  const drop = db.prepare<[number]>('delete from removed_messages where sequence = ?')

  function* rowsRemovedBy(byImport: number): Generator<RemovedRow, void> {
    for (let rows = page.all(byImport, 0, 0), last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
      yield* rows
      rows = page.all(byImport, last.archive, last.sequence)
    }
  }

  return {
    *dropBefore(community, number) {
      for (const byImport of importsBefore.all(community, number)) {
        for (const { sequence, bytes } of rowsRemovedBy(byImport)) {
          drop.run(sequence)
          yield bytes
        }
      }
    },
    *restore(byImport) {
      for (const { sequence, bytes } of rowsRemovedBy(byImport)) {
        if (writer.restore(sequence)) countRestored.get(1, byImport)
        yield bytes
      }
      return countRestored.get(0, byImport) ?? 0
    },
  }
}
