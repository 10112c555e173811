import type { ArchiveId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Message } from '../../domain/message.ts'
import { rowOf } from '../message-row.ts'
import type { MessageWriter } from '../message-writer.ts'
import type { Steps } from '../write-queue.ts'
import type { ImportTables } from './import-tables.ts'

/** What is imported, where, and by which import. */
export interface ImportOfArchive {
  readonly communityId: CommunityId
  readonly archiveId: ArchiveId
  /** The number of the import. */
  readonly import: number
}

/** What became of an archive's messages. One that it holds twice counts once. */
export interface ImportedArchive {
  readonly messages: number
  /** Those that were not here. */
  readonly added: number
  /** Those that were, also where their key was taken by other bytes: the first keeps it. */
  readonly kept: number
}

/** Writes messages of an archive, and that they are its own; nothing where all of it was imported before. */
export function* writeMessages(
  tables: ImportTables,
  writer: MessageWriter,
  { communityId, archiveId }: ImportOfArchive,
  messages: readonly Message[],
): Steps<void> {
  const community = writer.numberOf(communityId)
  const archive = tables.openArchive(community, archiveId)
  if (archive.import !== null) return
  for (const message of messages) {
    const row = rowOf(message)
    const { written, sequence } = writer.record(community, row)
    tables.addMessage(archive.number, sequence, written === 'RECORDED')
    yield row.bytes
  }
}

/**
 * Writes the last messages of an archive, and notes down that all of it was written: of a short one in one transaction. The
 * same import is told the same as often as it asks.
 */
export function* finishArchive(
  tables: ImportTables,
  writer: MessageWriter,
  { communityId, archiveId, import: number }: ImportOfArchive,
  last: readonly Message[],
): Steps<ImportedArchive> {
  yield* writeMessages(tables, writer, { communityId, archiveId, import: number }, last)
  const archive = tables.openArchive(writer.numberOf(communityId), archiveId)
  if (archive.import === null) tables.finishArchive(archive.number, number)
  yield 0
  const { messages } = archive
  const added = archive.import === null || archive.import === number ? archive.added : 0
  return { messages, added, kept: messages - added }
}

/** Forgets what another import took over under the id of this archive. */
export function* forgetOther(
  tables: ImportTables,
  { communityId, archiveId, import: number }: ImportOfArchive,
): Steps<void> {
  const archive = tables.findArchive(communityId, archiveId)
  if (archive !== null && archive.import !== null && archive.import !== number) tables.forgetArchive(archive.number)
  yield 0
}
