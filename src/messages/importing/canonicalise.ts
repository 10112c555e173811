import type Database from 'better-sqlite3'
import type { ArchiveId } from '../../domain/archive.ts'
import type { MessageWriter } from '../message-writer.ts'
import type { Steps } from '../write-queue.ts'
import type { ImportOfArchive } from './archive-import.ts'
import { findCanonicalRanges, type IndexedArchive } from './canonical-ranges.ts'
import type { ImportTables } from './import-tables.ts'
import { createStoredSequences } from './stored-sequences.ts'

/** Removes what is not part of the canonical history around an archive that was imported. */
export type Canonicalise = (request: ImportOfArchive, index: readonly IndexedArchive[]) => Steps<number>

/** Prepares the statements. */
export function createCanonicalise(db: Database.Database, tables: ImportTables, writer: MessageWriter): Canonicalise {
  const sequencesOf = createStoredSequences(db)
  const countRemoved = db
    .prepare<[number, number], number>('select count(*) from removed_messages where import = ? and archive = ?')
    .pluck()
  return function* canonicalise({ communityId, archiveId, import: byImport }, index) {
    const archive = tables.findArchive(communityId, archiveId)
    if (archive === null) return 0
    const isImported = (id: ArchiveId): boolean => (tables.findArchive(communityId, id)?.import ?? null) !== null
    const isCanonical = createCanonicalTest(tables, index)
    const community = writer.numberOf(communityId)
    for (const range of findCanonicalRanges(index, isImported, new Set([archiveId]))) {
      for (const sequence of sequencesOf(community, range)) {
        if (isCanonical(sequence)) {
          yield 0
          continue
        }
        tables.forgetMessage(sequence)
        yield writer.remove({ sequence, import: byImport, archive: archive.number })
      }
    }
    return countRemoved.get(byImport, archive.number) ?? 0
  }
}

/** Tells whether a message is in an archive of the index that is imported. */
export function createCanonicalTest(
  tables: ImportTables,
  index: readonly IndexedArchive[],
): (sequence: number) => boolean {
  const ids = new Set(index.map(({ id }) => id))
  const known = new Map<number, boolean>()
  const isCanonical = (number: number): boolean => {
    const archive = tables.archiveOf(number)
    return archive !== null && archive.import !== null && ids.has(archive.id)
  }
  return (sequence) =>
    tables.archivesOf(sequence).some((number) => {
      const answer = known.get(number) ?? isCanonical(number)
      known.set(number, answer)
      return answer
    })
}
