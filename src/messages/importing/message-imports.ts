import type Database from 'better-sqlite3'
import type { ArchiveId, ImportId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Message } from '../../domain/message.ts'
import type { MessageWriter } from '../message-writer.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Steps, WriteQueue } from '../write-queue.ts'
import { finishArchive, forgetOther, writeMessages, type ImportedArchive } from './archive-import.ts'
import type { IndexedArchive } from './canonical-ranges.ts'
import { createCanonicalise } from './canonicalise.ts'
import { createForgetImports } from './forget-imports.ts'
import { createImportTables, type ImportTables } from './import-tables.ts'
import { previewImport, type ImportPreview, type PreviewRequest } from './preview-import.ts'
import { createRemovedMessages } from './removed-messages.ts'

export type { ImportedArchive, ImportPreview, IndexedArchive, PreviewRequest }

/** An archive whose messages are being taken over. */
export interface ArchiveImport {
  /**
   * Writes messages of the archive, after those given before, in transactions of a few milliseconds. What was written
   * before stays as it is, so after a crash all of it is written again.
   *
   * @returns Once all of them are on the disk.
   * @throws When the database fails, now or in a call before. Some of them may be written then.
   */
  write(messages: readonly Message[]): Promise<void>

  /**
   * Writes the last messages, and notes down that all of the archive was written: it counts as imported from now on.
   *
   * @throws When the database fails, or failed to write.
   */
  finish(last?: readonly Message[]): Promise<ImportedArchive>
}

/**
 * Takes over the messages of archives. Within the range and topics of an archive, the control node's history is
 * canonical: messages that it does not have are removed, and kept aside until the next import of the community.
 *
 * Whoever uses it does one thing at a time for a community; what is recorded meanwhile does not wait.
 */
export interface MessageImports {
  /**
   * Begins an import, or goes on with it after a crash. What earlier ones removed is gone for good.
   *
   * @param signal Ends it early: then it has to be asked again.
   */
  begin(communityId: CommunityId, importId: ImportId, signal?: AbortSignal): Promise<void>

  /**
   * Opens an archive for writing. Where all of it was imported before, writing changes nothing.
   *
   * @throws When the import is not the newest that was begun.
   */
  openArchive(communityId: CommunityId, importId: ImportId, archiveId: ArchiveId): ArchiveImport

  /**
   * Forgets that an earlier import took an archive over, as its content is another now, though its id is the same: its
   * messages stay until they are found not to be canonical. Nothing where this import took it over.
   *
   * @throws When the import is not the newest that was begun.
   */
  forgetOther(communityId: CommunityId, importId: ImportId, archiveId: ArchiveId): Promise<void>

  /**
   * Removes what the canonical history does not have, around an archive that was just imported: in each range that is
   * known as a whole, of all archives of the index that overlap it, what is in none of them.
   *
   * @param index All archives that the index names, this one and those imported before included.
   * @param signal Ends it early, between two messages: then what it returns says nothing, and it has to be asked again.
   * @returns How many messages were removed around this archive by this import; the same when it is asked again. None
   *   where the archive is not imported, or the index does not name it.
   * @throws When the import is not the newest that was begun.
   */
  canonicalise(
    communityId: CommunityId,
    importId: ImportId,
    archiveId: ArchiveId,
    index: readonly IndexedArchive[],
    signal?: AbortSignal,
  ): Promise<number>

  /**
   * Puts back what an import removed, each message under its old sequence number; what was recorded again meanwhile
   * stays as it is.
   *
   * @returns How many are back; the same when it is asked again, and 0 where another import was begun since.
   */
  undo(communityId: CommunityId, importId: ImportId): Promise<number>

  /** Says what importing these archives now would do. Changes nothing. */
  preview(request: PreviewRequest): Promise<ImportPreview>

  /** The archives whose messages are all here. What the log calls imported and is not among them was lost. */
  importedArchives(communityId: CommunityId): ReadonlySet<ArchiveId>

  /** Forgets all imports of a community, and what they removed. The messages stay, as all that were recorded do. */
  purge(communityId: CommunityId): Promise<void>
}

/**
 * Takes over messages through the writer of a message store.
 *
 * @param file That of the database.
 */
export function createMessageImports(
  db: Database.Database,
  file: string,
  writer: MessageWriter,
  queue: WriteQueue,
): MessageImports {
  const tables = createImportTables(db)
  const removed = createRemovedMessages(db, writer)
  const forgetImports = createForgetImports(db)

  function* begin(communityId: CommunityId, importId: ImportId): Steps<void> {
    const community = writer.numberOf(communityId)
    const newest = tables.newestImport(communityId)
    const number = newest?.id === importId ? newest.number : tables.addImport(community, importId)
    yield* removed.dropBefore(community, number)
  }

  function* purge(communityId: CommunityId): Steps<void> {
    const community = writer.numberOf(communityId)
    yield* removed.dropBefore(community, Number.MAX_SAFE_INTEGER)
    yield* forgetImports(community)
  }

  return {
    async begin(communityId, importId, signal) {
      if (tables.hasImport(communityId, importId)) numberOf(tables, communityId, importId)
      const steps = untilAborted<void>(begin(communityId, importId), undefined, signal)
      await queue.run(`begin import ${importId} of community ${communityId}`, steps)
    },
    ...createTakingOver(db, tables, writer, queue),
    async undo(communityId, importId) {
      const newest = tables.newestImport(communityId)
      if (newest?.id !== importId) return 0
      return queue.run(`undo import ${importId} of community ${communityId}`, removed.restore(newest.number))
    },
    preview: async (request) => previewImport(file, request),
    importedArchives: (communityId) => new Set(tables.importedArchives(communityId)),
    purge: async (communityId) => queue.run(`purge the imports of community ${communityId}`, purge(communityId)),
  }
}

function createTakingOver(
  db: Database.Database,
  tables: ImportTables,
  writer: MessageWriter,
  queue: WriteQueue,
): Pick<MessageImports, 'openArchive' | 'forgetOther' | 'canonicalise'> {
  const canonicalise = createCanonicalise(db, tables, writer)
  return {
    openArchive(communityId, importId, archiveId) {
      const archive = { communityId, archiveId, import: numberOf(tables, communityId, importId) }
      const name = `archive ${archiveId} of community ${communityId}`
      // The queue lets others go first wherever it cuts, so what belongs in order waits here.
      let written = Promise.resolve()
      return {
        write: async (messages) => {
          written = written.then(async () =>
            queue.run(`import ${name}`, writeMessages(tables, writer, archive, messages)),
          )
          return written
        },
        finish: async (last = []) => {
          await written
          return queue.run(`finish ${name}`, finishArchive(tables, writer, archive, last))
        },
      }
    },
    async forgetOther(communityId, importId, archiveId) {
      const number = numberOf(tables, communityId, importId)
      const byImport = tables.findArchive(communityId, archiveId)?.import ?? number
      if (byImport === number) return
      const archive = { communityId, archiveId, import: number }
      await queue.run(`forget archive ${archiveId} of before`, forgetOther(tables, archive))
    },
    async canonicalise(communityId, importId, archiveId, index, signal) {
      const archive = { communityId, archiveId, import: numberOf(tables, communityId, importId) }
      const steps = untilAborted(canonicalise(archive, index), 0, signal)
      return queue.run(`canonicalise around archive ${archiveId}`, steps)
    },
  }
}

/** Asked before any step: one that fails ends all work that shares its transaction. */
function numberOf(tables: ImportTables, communityId: CommunityId, importId: ImportId): number {
  const newest = tables.newestImport(communityId)
  if (newest?.id === importId) return newest.number
  const found = newest === null ? 'none was begun' : `the newest is ${newest.id}`
  throw new Error(`Cannot go on with import ${importId} of community ${communityId}: ${found}`)
}
