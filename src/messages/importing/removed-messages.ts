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
  readonly sequence: number
  readonly bytes: number
}

const PAGE_ROWS = 500

/** Prepares the statements. */
export function createRemovedMessages(db: Database.Database, writer: MessageWriter): RemovedMessages {
  const page = db.prepare<[number], RemovedRow>(
    `select sequence, bytes from removed_messages where import = ? limit ${PAGE_ROWS}`,
  )
  const importsBefore = db
    .prepare<[number, number], number>('select number from imports where community = ? and number < ?')
    .pluck()
  const countRestored = db
    .prepare<[number, number], number>('update imports set restored = restored + ? where number = ? returning restored')
    .pluck()
  const drop = db.prepare<[number]>('delete from removed_messages where sequence = ?')

  /** Whoever asks for the next row has deleted the one before. */
  function* rowsRemovedBy(byImport: number): Generator<RemovedRow, void> {
    for (let rows = page.all(byImport); rows.length > 0; rows = page.all(byImport)) yield* rows
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
