import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { createForgetCommunity } from './forget-community.ts'
import { createForgetImports } from './importing/forget-imports.ts'
import { createRemovedMessages } from './importing/removed-messages.ts'
import { createMessageImports, type MessageImports } from './importing/message-imports.ts'
import { openForReading, openForWriting } from './message-database.ts'
import { createMessageQueries, type MessageReader } from './message-reader.ts'
import { createMessageWriter } from './message-writer.ts'
import { recordMessages, type RecordOutcome } from './record-messages.ts'
import { createWriteQueue } from './write-queue.ts'

export type { RecordOutcome }

/** The messages of all communities: a database file of its own, with one writer. */
export interface MessageStore extends MessageReader {
  /**
   * Records messages in the order given, and whatever else waits to be recorded along with them.
   *
   * Works a few milliseconds at a time and yields to the event loop between them; a crash leaves whole transactions. Recording the same messages again finishes the rest.
   *
   * @returns Once all of them are on the disk.
   * @throws When the database fails. Some of the messages may be recorded then.
   */
  record(communityId: CommunityId, messages: readonly Message[]): Promise<RecordOutcome>

  /**
   * Has the sequence numbers of all messages to come lie above this one, also where the file is new or an old copy.
   *
   * @returns The highest number that the file itself knew, where that was lower; else null.
   */
  continueAfter(sequence: number): number | null

  /** Takes over the messages of archives. */
  readonly imports: MessageImports

  /**
   * Deletes all that is kept of a community, and writes the file anew, so that no byte of it is left. Who records waits for
   * that.
   *
   * @returns How many messages there were; 0 where nothing is kept of it. After a crash it is asked again.
   * @throws When the database fails, for want of room for a second copy of the file for example; when messages of the community
   *   were recorded meanwhile, which are kept.
   */
  forget(communityId: CommunityId): Promise<number>

  /** Finishes what is being recorded and imported, moves the WAL into the file and closes it. */
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
  const writer = createMessageWriter(db)
  const queue = createWriteQueue(writer.transaction)
  // A connection of their own: what a transaction has written, and may yet lose, is for nobody to see.
  const committed = openForReading(file)
  const queries = createMessageQueries(committed)
  let closing = false
  return {
    ...queries,
    continueAfter(sequence) {
      const found = queries.newestSequence()
      if (found >= sequence) return null
      // SQLite keeps the last number of an AUTOINCREMENT key here, and lets it be set.
      db.prepare("delete from sqlite_sequence where name = 'messages'").run()
      db.prepare("insert into sqlite_sequence (name, seq) values ('messages', ?)").run(sequence)
      return found
    },
    record: async (communityId, messages) => {
      const name = `record ${messages.length} messages of community ${communityId}`
      return queue.run(name, recordMessages(writer, communityId, messages))
    },
    imports: createMessageImports({ db, committed, file, writer, queue }),
    forget: createForgetCommunity({
      db,
      file,
      queue,
      removed: createRemovedMessages(db, writer),
      forgetImports: createForgetImports(db),
    }),
    close: async () => {
      if (closing) return
      closing = true
      await queue.close()
      committed.close()
      db.pragma('wal_checkpoint(truncate)')
      db.close()
    },
  }
}
