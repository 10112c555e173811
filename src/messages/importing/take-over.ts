import type { ArchiveId, ImportId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Message } from '../../domain/message.ts'
import { rowOf, type MessageRow } from '../message-row.ts'
import type { MessageWriter } from '../message-writer.ts'
import type { Steps } from '../write-queue.ts'
import type { IndexedArchive } from './canonical-ranges.ts'
import type { Canonicalise } from './canonicalise.ts'
import type { ArchiveRow, ImportTables } from './import-tables.ts'
import type { RemovedMessages } from './removed-messages.ts'

/** An archive whose messages are to be taken over. */
export interface ArchiveToTakeOver {
  readonly archiveId: ArchiveId
  /** Its messages. Each batch is asked for when those before are written, between two transactions or within one. */
  readonly batches: Iterable<readonly Message[]>
}

/** Which archives to take over, and by which import. */
export interface TakeOverRequest {
  readonly communityId: CommunityId
  readonly importId: ImportId
  /** All archives that the index of the control node names, those to take over and those imported before included. */
  readonly index: readonly IndexedArchive[]
  readonly archives: readonly ArchiveToTakeOver[]
}

/** What became of an archive that was taken over. A message that it holds twice counts once. */
export interface TakenOver {
  readonly archiveId: ArchiveId
  readonly messages: number
  /** Those that were not here. Where a key was taken by other bytes, the first keeps it. */
  readonly added: number
  /** How many messages around it were removed, as the canonical history does not have them. */
  readonly removed: number
}

interface Parts {
  readonly tables: ImportTables
  readonly writer: MessageWriter
  readonly removed: RemovedMessages
  readonly canonicalise: Canonicalise
}

/** So many messages are one step, or so few that they have as many bytes. */
const STEP_MESSAGES = 32
const STEP_BYTES = 65_536

/**
 * Begins an import or goes on with it, and takes over archives one after the other.
 *
 * @param taken Is given each that is done.
 */
export function* takeOver(
  parts: Parts,
  { communityId, importId, index, archives }: TakeOverRequest,
  taken: TakenOver[],
): Steps<void> {
  const { tables, writer, removed, canonicalise } = parts
  const community = writer.numberOf(communityId)
  const newest = tables.newestImport(communityId)
  const byImport = newest?.id === importId ? newest.number : tables.addImport(community, importId)
  yield* removed.dropBefore(community, byImport)
  for (const { archiveId, batches } of archives) {
    const archive = openArchive(parts, communityId, archiveId, byImport)
    if (archive.import === null) {
      yield* writeMessages(parts, community, archive, batches)
      tables.finishArchive(archive.number, byImport)
      yield 0
    }
    const gone = yield* canonicalise({ communityId, archive, import: byImport }, index)
    const { messages, added } = tables.archiveOf(archive.number) ?? archive
    taken.push({ archiveId, messages, added, removed: gone })
  }
}

/** What another import took over under the same id may have been other content: its messages stay until they have to go. */
function openArchive(
  { tables, writer }: Parts,
  communityId: CommunityId,
  archiveId: ArchiveId,
  byImport: number,
): ArchiveRow {
  const found = tables.findArchive(communityId, archiveId)
  if (found !== null && found.import !== null && found.import !== byImport) tables.forgetArchive(found.number)
  return tables.openArchive(writer.numberOf(communityId), archiveId)
}

/** Writes messages of an archive, and that they are its own. Those that were written before stay as they are. */
function* writeMessages(
  { tables, writer }: Parts,
  community: number,
  { number }: ArchiveRow,
  batches: ArchiveToTakeOver['batches'],
): Steps<void> {
  for (const batch of batches) {
    // To decode them was a step of its own.
    yield 0
    for (const rows of inSteps(batch)) {
      let [messages, added, bytes] = [0, 0, 0]
      for (const row of rows) {
        const { written, sequence } = writer.record(community, row)
        const isNew = tables.addMessage(number, sequence)
        messages += isNew ? 1 : 0
        added += isNew && written === 'RECORDED' ? 1 : 0
        bytes += row.bytes
      }
      tables.countMessages(number, messages, added)
      yield bytes
    }
  }
}

function* inSteps(batch: readonly Message[]): Generator<readonly MessageRow[], void> {
  let rows: MessageRow[] = []
  let bytes = 0
  for (const message of batch) {
    const row = rowOf(message)
    rows.push(row)
    bytes += row.bytes
    if (rows.length < STEP_MESSAGES && bytes < STEP_BYTES) continue
    yield rows
    rows = []
    bytes = 0
  }
  if (rows.length > 0) yield rows
}
