import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { openForWriting } from './message-database.ts'
import { createMessageQueries, type MessageReader } from './message-reader.ts'
import { createMessageWriter } from './message-writer.ts'
import { createRecordQueue, type RecordOutcome } from './record-queue.ts'

export type { RecordOutcome }

/** The messages of all communities: a database file of its own, with one writer. */
export interface MessageStore extends MessageReader {
  /**
   * Records messages in the order given, and whatever else waits to be recorded along with them.
   *
   * Works in transactions of a few milliseconds and yields to the event loop between them; a crash leaves
   * whole transactions. Recording the same messages again finishes the rest.
   *
   * @returns Once all of them are on the disk.
   * @throws When the database fails. Some of the messages may be recorded then.
   */
  record(communityId: CommunityId, messages: readonly Message[]): Promise<RecordOutcome>

  /** Finishes what is being recorded, moves the WAL into the file and closes it. */
  close(): Promise<void>
}

/**
 * Opens the messages for recording and reading, creating or migrating the file first.
 *
 * @param file Where the messages are kept. One process may write to it at a time.
 * @throws When the file cannot be opened, or was written by a newer program.
 */
export function openMessageStore(file: string): MessageStore {
  const db = openForWriting(file)
  const queue = createRecordQueue(createMessageWriter(db))
  let closing = false
  return {
    ...createMessageQueries(db),
    record: async (communityId, messages) => {
      if (closing) throw new Error(`Cannot record ${messages.length} messages: the store is closed`)
      return queue.add(communityId, messages)
    },
    close: async () => {
      if (closing) return
      closing = true
      await queue.idle()
      db.pragma('wal_checkpoint(truncate)')
      db.close()
    },
  }
}
