import type Database from 'better-sqlite3'
import type { ArchiveId, ImportId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'

/** One taking over, as `imports` holds it. */
export interface ImportRow {
  readonly number: number
  readonly id: ImportId
}

/** How far the taking over of an archive is, as `imported_archives` holds it. */
export interface ArchiveRow {
  readonly number: number
  readonly id: ArchiveId
  /** How many of its messages are here, and how many of those it brought. */
  readonly messages: number
  readonly added: number
  /** The number of the import that took over all of it; null until then. */
  readonly import: number | null
}

/** Which imports and archives there are. */
export interface ImportTables {
  newestImport(communityId: CommunityId): ImportRow | null
  hasImport(communityId: CommunityId, importId: ImportId): boolean
  addImport(community: number, importId: ImportId): number

  findArchive(communityId: CommunityId, archiveId: ArchiveId): ArchiveRow | null
  archiveOf(number: number): ArchiveRow | null
  /** Adds it where it is not there. */
  openArchive(community: number, archiveId: ArchiveId): ArchiveRow
  finishArchive(archive: number, byImport: number): void
  /** Leaves it behind under no archive's id, with the messages that belonged to it. */
  forgetArchive(archive: number): void
  importedArchives(communityId: CommunityId): readonly ArchiveId[]

  /** Which archives a message belongs to. */
  archivesOf(sequence: number): readonly number[]
  /** Returns false, and does nothing, where it is known to belong. */
  addMessage(archive: number, sequence: number): boolean
  /** Counts messages that were found to belong, and those of them that it brought. */
  countMessages(archive: number, messages: number, added: number): void
  /** Forgets which archives a message belonged to: none of them is here as a whole any more. */
  forgetMessage(sequence: number): void
}

/** Prepares the statements. Those that write are for use within a chunk alone. */
export function createImportTables(db: Database.Database): ImportTables {
  const ofCommunity = 'community = (select number from communities where id = ?)'
  const newest = db.prepare<[CommunityId], ImportRow>(
    `select number, id from imports where ${ofCommunity} order by number desc limit 1`,
  )
  const find = db.prepare<[CommunityId, ImportId]>(`select 1 from imports where ${ofCommunity} and id = ?`)
  const addImport = db.prepare<[number, ImportId]>('insert into imports (community, id) values (?, ?)')
  return {
    newestImport: (communityId) => newest.get(communityId) ?? null,
    hasImport: (communityId, importId) => find.get(communityId, importId) !== undefined,
    addImport: (community, importId) => Number(addImport.run(community, importId).lastInsertRowid),
    ...createArchiveStatements(db, ofCommunity),
    ...createMembershipStatements(db),
  }
}

type ArchiveStatements = Pick<
  ImportTables,
  'findArchive' | 'archiveOf' | 'openArchive' | 'finishArchive' | 'forgetArchive' | 'importedArchives'
>

function createArchiveStatements(db: Database.Database, ofCommunity: string): ArchiveStatements {
  const select = 'select number, id, messages, added, import from imported_archives'
  const find = db.prepare<[CommunityId, ArchiveId], ArchiveRow>(`${select} where ${ofCommunity} and id = ?`)
  const get = db.prepare<[number], ArchiveRow>(`${select} where number = ?`)
  const add = db.prepare<[number, ArchiveId]>(
    `insert into imported_archives (community, id, messages, added) values (?, ?, 0, 0) on conflict do nothing`,
  )
  const open = db.prepare<[number, ArchiveId], ArchiveRow>(`${select} where community = ? and id = ?`)
  const finish = db.prepare<[number, number]>('update imported_archives set import = ? where number = ?')
  const forget = db.prepare<[number]>(
    `update imported_archives set id = id || ' ' || number, import = null where number = ?`,
  )
  const imported = db
    .prepare<[CommunityId], ArchiveId>(`select id from imported_archives where ${ofCommunity} and import is not null`)
    .pluck()
  return {
    findArchive: (communityId, archiveId) => find.get(communityId, archiveId) ?? null,
    archiveOf: (number) => get.get(number) ?? null,
    openArchive(community, archiveId) {
      add.run(community, archiveId)
      const row = open.get(community, archiveId)
      if (row === undefined) throw new Error(`Cannot note down archive ${archiveId}: it is not there after that`)
      return row
    },
    finishArchive: (archive, byImport) => void finish.run(byImport, archive),
    forgetArchive: (archive) => void forget.run(archive),
    importedArchives: (communityId) => imported.all(communityId),
  }
}

function createMembershipStatements(
  db: Database.Database,
): Pick<ImportTables, 'archivesOf' | 'addMessage' | 'countMessages' | 'forgetMessage'> {
  const archives = db.prepare<[number], number>('select archive from archive_messages where sequence = ?').pluck()
  const add = db.prepare<[number, number]>(
    'insert into archive_messages (sequence, archive) values (?, ?) on conflict do nothing',
  )
  const count = db.prepare<[number, number, number]>(
    'update imported_archives set messages = messages + ?, added = added + ? where number = ?',
  )
  const forget = db
    .prepare<[number], number>('delete from archive_messages where sequence = ? returning archive')
    .pluck()
  // What it brought was told when it was imported. When it is imported again, what it brings then is told.
  const discount = db.prepare<[number]>(
    'update imported_archives set messages = messages - 1, added = 0, import = null where number = ?',
  )
  return {
    archivesOf: (sequence) => archives.all(sequence),
    addMessage: (archive, sequence) => add.run(sequence, archive).changes === 1,
    countMessages: (archive, messages, added) => void count.run(messages, added, archive),
    forgetMessage(sequence) {
      for (const archive of forget.all(sequence)) discount.run(archive)
    },
  }
}
