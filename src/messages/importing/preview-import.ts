import type Database from 'better-sqlite3'
import { setImmediate } from 'node:timers/promises'
import type { ArchiveId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Message } from '../../domain/message.ts'
import { openForReading } from '../message-database.ts'
import { rowOf, type MessageRow } from '../message-row.ts'
import { findCanonicalRanges, type IndexedArchive } from './canonical-ranges.ts'
import { createCanonicalTest } from './canonicalise.ts'
import { createImportTables } from './import-tables.ts'
import { createStoredMessages } from './stored-messages.ts'

/** Some messages of an archive, in any order; none of an empty archive. */
export interface ArchiveBatch {
  readonly archiveId: ArchiveId
  readonly messages: readonly Message[]
}

/** What an import would do. Each message counts once, in however many archives it is. */
export interface ImportPreview {
  /** Messages of the archives that are not here. */
  readonly added: number
  /** Those that are. */
  readonly kept: number
  /** Messages that are here and not part of the history that would be known as a whole. */
  readonly removed: number
}

/** What to look at. */
export interface PreviewRequest {
  readonly communityId: CommunityId
  /** All archives that the index names. */
  readonly index: readonly IndexedArchive[]
  /** Those that would be imported. */
  readonly archives: AsyncIterable<ArchiveBatch> | Iterable<ArchiveBatch>
}

const STEPS_A_TURN = 1_000

/**
 * Says what an import would do. Writes to temporary tables of its own connection alone, and yields between batches.
 *
 * @param file That of the messages.
 * @throws When the file cannot be read.
 */
export async function previewImport(
  file: string,
  { communityId, index, archives }: PreviewRequest,
): Promise<ImportPreview> {
  const db = openForReading(file)
  try {
    const { look, holds } = createLook(db, communityId)
    const ids = new Set<ArchiveId>()
    const totals = { added: 0, kept: 0 }
    for await (const { archiveId, messages } of archives) {
      ids.add(archiveId)
      const { added, kept } = look(messages.map(rowOf))
      totals.added += added
      totals.kept += kept
      await setImmediate()
    }
    return { ...totals, removed: await countRemoved(db, communityId, index, ids, holds) }
  } finally {
    db.close()
  }
}

interface Look {
  /** How many of these messages, which are in none of the batches before, are not here, and how many are. */
  look(rows: readonly MessageRow[]): Omit<ImportPreview, 'removed'>
  /** Whether a message was looked at. */
  holds(sequence: number): boolean
}

function createLook(db: Database.Database, communityId: CommunityId): Look {
  db.exec(`
    create temp table seen (key blob not null, key_is_hash integer not null, primary key (key, key_is_hash)) without rowid;
    create temp table held (sequence integer primary key);`)
  const see = db.prepare<[MessageRow]>('insert into seen values (@key, @key_is_hash) on conflict do nothing')
  const hold = db.prepare<[MessageRow & { readonly communityId: CommunityId }]>(
    `insert into held select sequence from messages
     where community = (select number from communities where id = @communityId)
       and key = @key and key_is_hash = @key_is_hash`,
  )
  const isHeld = db.prepare<[number]>('select 1 from held where sequence = ?')
  return {
    look: db.transaction((rows: readonly MessageRow[]) => {
      const unseen = rows.filter((row) => see.run(row).changes === 1)
      const kept = unseen.filter((row) => hold.run({ ...row, communityId }).changes === 1).length
      return { added: unseen.length - kept, kept }
    }),
    holds: (sequence) => isHeld.get(sequence) !== undefined,
  }
}

async function countRemoved(
  db: Database.Database,
  communityId: CommunityId,
  index: readonly IndexedArchive[],
  ids: ReadonlySet<ArchiveId>,
  holds: Look['holds'],
): Promise<number> {
  const tables = createImportTables(db)
  // What is noted of those that would be imported is of no account: they may be others now, of the same id.
  const isCanonical = createCanonicalTest(
    tables,
    index.filter(({ id }) => !ids.has(id)),
  )
  const messagesOf = createStoredMessages(db)
  const community = db.prepare<[CommunityId], number>('select number from communities where id = ?').pluck()
  const number = community.get(communityId) ?? 0
  const imported = new Set([...ids, ...tables.importedArchives(communityId)])
  let removed = 0
  let steps = 0
  for (const range of findCanonicalRanges(index, (id) => imported.has(id), ids)) {
    for (const message of messagesOf(number, range)) {
      if (!holds(message.sequence) && !isCanonical(message)) removed += 1
      steps += 1
      if (steps % STEPS_A_TURN === 0) await setImmediate()
    }
  }
  return removed
}
