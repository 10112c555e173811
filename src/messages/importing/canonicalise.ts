import type Database from 'better-sqlite3'
import type { ArchiveId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { MessageWriter } from '../message-writer.ts'
import type { Steps } from '../write-queue.ts'
import { findCanonicalRanges, type IndexedArchive } from './canonical-ranges.ts'
import type { ArchiveRow, ImportTables } from './import-tables.ts'
import { createStoredMessages, type StoredMessage } from './stored-messages.ts'

/** Removes what is not part of the canonical history around an archive that was imported. Returns how much its import did. */
export type Canonicalise = (around: ArchiveOfImport, index: readonly IndexedArchive[]) => Steps<number>

/** An archive that is imported, and the import that looks at its range. */
export interface ArchiveOfImport {
  readonly communityId: CommunityId
  readonly archive: Pick<ArchiveRow, 'number' | 'id'>
  /** The number of the import. */
  readonly import: number
}

/** So many messages that stay are one step. */
const STEP_LOOKS = 256

/** Prepares the statements. */
export function createCanonicalise(db: Database.Database, tables: ImportTables, writer: MessageWriter): Canonicalise {
  const messagesOf = createStoredMessages(db)
  const countRemoved = db
    .prepare<[number, number], number>('select count(*) from removed_messages where import = ? and archive = ?')
    .pluck()
  return function* canonicalise({ communityId, archive, import: byImport }, index) {
    const isImported = (id: ArchiveId): boolean => (tables.findArchive(communityId, id)?.import ?? null) !== null
    const isCanonical = createCanonicalTest(tables, index)
    const community = writer.numberOf(communityId)
    let looked = 0
    for (const range of findCanonicalRanges(index, isImported, new Set([archive.id]))) {
      for (const message of messagesOf(community, range)) {
        if (isCanonical(message)) {
          looked += 1
          if (looked % STEP_LOOKS === 0) yield 0
          continue
        }
        const { sequence } = message
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
): (message: StoredMessage) => boolean {
  const ids = new Set(index.map(({ id }) => id))
  const known = new Map<number, boolean>()
  const find = (number: number): boolean => {
    const archive = tables.archiveOf(number)
    return archive !== null && archive.import !== null && ids.has(archive.id)
  }
  const isCanonical = (number: number): boolean => {
    const answer = known.get(number) ?? find(number)
    known.set(number, answer)
    return answer
  }
  // Mostly there is one archive.
  return ({ sequence, archive }) =>
    archive !== null && (isCanonical(archive) || tables.archivesOf(sequence).some(isCanonical))
}
