import type Database from 'better-sqlite3'
import { topicNumbersJson } from '../message-row.ts'
import type { CanonicalRange } from './canonical-ranges.ts'

/** A place in the order of messages. */
interface Place extends StoredMessage {
  readonly sent_at: number
  readonly topic: number
}

const PAGE_MESSAGES = 1_000

/** A message, and one of the archives that it belongs to; null where it belongs to none. */
export interface StoredMessage {
  readonly sequence: number
  readonly archive: number | null
}

/** Gives a community's messages in a range, reading page by page: no cursor stays open. */
export type StoredMessages = (community: number, range: CanonicalRange) => Generator<StoredMessage, void>

/** Prepares the statements, which read indexes alone. */
export function createStoredMessages(db: Database.Database): StoredMessages {
  const select = `select sent_at, topic, sequence,
      (select archive from archive_messages where archive_messages.sequence = messages.sequence limit 1) as archive
    from messages indexed by messages_in_order where community = ?`
  // Two statements, as in the reader: SQLite does not seek to a sequence within (sent_at, topic, sequence) > (?, ?, ?).
  const ties = db.prepare<[number, number, number, number], Place>(
    `${select} and sent_at = ? and topic = ? and sequence > ? order by sequence limit ${PAGE_MESSAGES}`,
  )
  const later = db.prepare<[number, number, number, number, string], Place>(
    `${select} and (sent_at, topic) > (?, ?) and sent_at < ? and topic in (select value from json_each(?))
     order by sent_at, topic, sequence limit ${PAGE_MESSAGES}`,
  )
  return function* storedMessages(community, { from, to, topics }) {
    const numbers = topicNumbersJson(topics)
    // Before all messages of the first second: no topic is below 0.
    let after: Place | undefined = { sent_at: from, topic: -1, sequence: 0, archive: null }
    while (after !== undefined) {
      const { sent_at, topic, sequence } = after
      const tied = ties.all(community, sent_at, topic, sequence)
      const page: readonly Place[] = tied.length > 0 ? tied : later.all(community, sent_at, topic, to, numbers)
      yield* page
      after = page.at(-1)
    }
  }
}
