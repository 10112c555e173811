import type Database from 'better-sqlite3'
import type { ArchiveId, ImportId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { MessageWriter } from '../message-writer.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Steps, WriteQueue } from '../write-queue.ts'
import type { IndexedArchive } from './canonical-ranges.ts'
import { createCanonicalise } from './canonicalise.ts'
import { createForgetImports } from './forget-imports.ts'
import { createImportTables, type ImportTables } from './import-tables.ts'
import { previewImport, type ImportPreview, type PreviewRequest } from './preview-import.ts'
import { createRemovedMessages } from './removed-messages.ts'
import { takeOver, type TakenOver, type TakeOverRequest } from './take-over.ts'

export type { ImportPreview, IndexedArchive, PreviewRequest, TakenOver, TakeOverRequest }

/**
 * Takes over the messages of archives. Within the range and topics of an archive, the control node's history is
 * canonical: messages that it does not have are removed, and kept aside until the next import of the community.
 *
 * Whoever uses it does one thing at a time for a community; what is recorded meanwhile does not wait.
 */
export interface MessageImports {
  /**
   * Takes over archives one after the other, small ones in one transaction. Begins the import, or goes on with it: what
   * earlier ones removed is gone for good then.
   *
   * Around each archive it removes what the canonical history does not have: in each range that is known as a whole, of all
   * archives of the index that overlap it, what is in none of them. What an earlier import took over under the same id is
   * forgotten first, as its content may be another now: its messages stay until they are found not to be canonical.
   *
   * After a crash it is asked again: what was written before stays as it is, and the same import is told the same.
   *
   * @param signal Ends it early, between two messages: then it has to be asked again.
   * @returns What became of each archive that was done, in the order given, once all that was written is on the disk.
   * @throws When the import is not the newest, or the database fails. Some of the messages may be written then.
   */
  takeOver(request: TakeOverRequest, signal?: AbortSignal): Promise<readonly TakenOver[]>

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

/** What it works with. */
export interface ImportParts {
  /** The writer's connection, which only steps of the queue use. */
  readonly db: Database.Database
  /** Another, which sees what is committed. */
  readonly committed: Database.Database
  /** Where the database is. */
  readonly file: string
  readonly writer: MessageWriter
  readonly queue: WriteQueue
}

/** Takes over messages through the writer of a message store. */
export function createMessageImports({ db, committed, file, writer, queue }: ImportParts): MessageImports {
  const tables = createImportTables(db)
  const known = createImportTables(committed)
  const removed = createRemovedMessages(db, writer)
  const forgetImports = createForgetImports(db)
  const parts = { tables, writer, removed, canonicalise: createCanonicalise(db, tables, writer) }

  function* purge(communityId: CommunityId): Steps<void> {
    const community = writer.numberOf(communityId)
    yield* removed.dropBefore(community, Number.MAX_SAFE_INTEGER)
    yield* forgetImports(community)
  }

  return {
    async takeOver(request, signal) {
      expectNewest(known, request)
      const { communityId, importId, archives } = request
      const taken: TakenOver[] = []
      const steps = untilAborted<void>(takeOver(parts, request, taken), undefined, signal)
      const about = `import ${importId} of community ${communityId}`
      await queue.run(`take over ${archives.length} archives in ${about}`, steps)
      return taken
    },
    async undo(communityId, importId) {
      const newest = known.newestImport(communityId)
      if (newest?.id !== importId) return 0
      return queue.run(`undo import ${importId} of community ${communityId}`, removed.restore(newest.number))
    },
    preview: async (request) => previewImport(file, request),
    importedArchives: (communityId) => new Set(known.importedArchives(communityId)),
    purge: async (communityId) => queue.run(`purge the imports of community ${communityId}`, purge(communityId)),
  }
}

/** Asked before any step: one that fails ends all work that shares its transaction. */
function expectNewest(tables: ImportTables, { communityId, importId }: TakeOverRequest): void {
  const newest = tables.newestImport(communityId)
  if (newest === null || newest.id === importId || !tables.hasImport(communityId, importId)) return
  throw new Error(`Cannot go on with import ${importId} of community ${communityId}: the newest is ${newest.id}`)
}
