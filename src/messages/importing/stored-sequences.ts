import type Database from 'better-sqlite3'
import { topicNumbersJson } from '../message-row.ts'
import type { CanonicalRange } from './canonical-ranges.ts'

/** A place in the order of messages. */
interface Place {
  readonly sent_at: number
  readonly topic: number
  readonly sequence: number
}

const PAGE_MESSAGES = 1_000

/** Gives the sequence numbers of a community's messages in a range, reading page by page: no cursor stays open. */
export type StoredSequences = (community: number, range: CanonicalRange) => Generator<number, void>

/** Prepares the statements, which read an index alone. */
export function createStoredSequences(db: Database.Database): StoredSequences {
  const select = 'select sent_at, topic, sequence from messages indexed by messages_in_order where community = ?'
  // Two statements, as in the reader: SQLite does not seek to a sequence within (sent_at, topic, sequence) > (?, ?, ?).
  const ties = db.prepare<[number, number, number, number], Place>(
    `${select} and sent_at = ? and topic = ? and sequence > ? order by sequence limit ${PAGE_MESSAGES}`,
  )
  const later = db.prepare<[number, number, number, number, string], Place>(
    `${select} and (sent_at, topic) > (?, ?) and sent_at < ? and topic in (select value from json_each(?))
     order by sent_at, topic, sequence limit ${PAGE_MESSAGES}`,
  )
  return function* sequences(community, { from, to, topics }) {
    const numbers = topicNumbersJson(topics)
    // Before all messages of the first second: no topic is below 0.
    let after: Place | undefined = { sent_at: from, topic: -1, sequence: 0 }
    while (after !== undefined) {
      const { sent_at, topic, sequence } = after
      const tied = ties.all(community, sent_at, topic, sequence)
      const page: readonly Place[] = tied.length > 0 ? tied : later.all(community, sent_at, topic, to, numbers)
      for (const { sequence: next } of page) yield next
      after = page.at(-1)
    }
  }
}
