import type Database from 'better-sqlite3'
import type { CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { UnixSeconds } from '../domain/time.ts'
import type { EncodedMessage } from '../formats/message-encoding.ts'
import { createLateMessageQueries, type LateMessageQueries, type MessageTotals } from './late-messages.ts'
import { openForReading } from './message-database.ts'
import { DAY_SECONDS, topicNumbersJson } from './message-row.ts'

/** Which messages to read, and in which state of the record. */
export interface MessageRange {
  readonly communityId: CommunityId
  /** The first second whose messages are read. */
  readonly from: UnixSeconds
  /** The first second whose messages are no longer read. */
  readonly to: UnixSeconds
  readonly topics: readonly ContentTopic[]
  /** Messages recorded later than this sequence number are left out, so the same range reads the same again. */
  readonly recordedUpTo: number
  /** Messages recorded up to this sequence number are left out too; 0, which leaves none out, unless given. */
  readonly recordedAfter?: number
}

/** How much there is of a range. */
export interface RangeTotals extends MessageTotals {
  /** How many of its partitions have a message. */
  readonly partitions: number
}

/** Reads recorded messages. Between two calls, and between two messages of a range, it holds no cursor. */
export interface MessageReader extends LateMessageQueries {
  /** When the oldest message of these topics was sent; null when none is recorded. */
  oldestMessageAt(communityId: CommunityId, topics: readonly ContentTopic[]): UnixSeconds | null

  /** The highest sequence number that was ever given, in whichever community; 0 before the first. */
  newestSequence(): number

  /**
   * The messages of a range: by timestamp, then topic as lower-case hex, then in the order recorded.
   *
   * Read in pages of at most 1,000 messages or about 4 MiB, the larger message still whole.
   */
  readRange(range: MessageRange): Iterable<EncodedMessage>

  /** How many messages of the community are recorded, of all topics. */
  countMessages(communityId: CommunityId): number

  /** How many bytes their protobuf encodings take together. */
  countBytes(communityId: CommunityId): number

  /** How many messages a range has, and how long they are. Reads an index of the whole range. */
  totalsOfRange(range: MessageRange, partitionSeconds: number): RangeTotals

  /** The same of the days that [from, to) touches, whole days in UTC: at least what was sent in it. */
  totalsOfDays(communityId: CommunityId, from: UnixSeconds, to: UnixSeconds): MessageTotals

  close(): Promise<void>
}

const PAGE_MESSAGES = 1_000
const PAGE_BYTES = 4_194_304
const NOTHING: MessageTotals = { messages: 0, bytes: 0 }

/** Where a page begins: after this message. */
interface Place {
  readonly sentAt: number
  readonly topic: number
  readonly sequence: number
}

/** An array, as no object has to be made of it: sent_at, topic, sequence, chunk_bytes, encoding. */
type ReadRow = readonly [sentAt: number, topic: number, sequence: number, chunkBytes: number, bytes: Uint8Array]

/**
 * Opens recorded messages for reading alone, in any thread.
 *
 * @param file The file of a message store that was opened for writing before.
 * @throws When the file does not exist, or its schema is not this program's.
 */
export function openMessageReader(file: string): MessageReader {
  const db = openForReading(file)
  return {
    ...createMessageQueries(db),
    close: async () => {
      db.close()
    },
  }
}

/** The questions that a connection of either kind can answer. */
export function createMessageQueries(db: Database.Database): Omit<MessageReader, 'close'> {
  const oldest = db
    .prepare<[CommunityId, string], number | null>(
      `select min(oldest_at) from topics
       where community = (select number from communities where id = ?)
         and topic in (select value from json_each(?))`,
    )
    .pluck()
  const newest = db.prepare<[], number>("select seq from sqlite_sequence where name = 'messages'").pluck()
  const totals = db.prepare<[CommunityId], MessageTotals>(
    `select coalesce(sum(messages), 0) as messages, coalesce(sum(bytes), 0) as bytes from topics
     where community = (select number from communities where id = ?)`,
  )
  const days = db.prepare<[CommunityId, number, number], MessageTotals>(
    `select coalesce(sum(messages), 0) as messages, coalesce(sum(bytes), 0) as bytes from days
     where community = (select number from communities where id = ?) and day >= ? and day <= ?`,
  )
  const inRange = db.prepare<unknown[], RangeTotals>(
    `select count(*) as messages, coalesce(sum(bytes), 0) as bytes,
       count(distinct (sent_at - cast(? as integer)) / cast(? as integer)) as partitions
     from messages indexed by messages_in_order
     where community = (select number from communities where id = ?) and sent_at >= ? and sent_at < ?
       and sequence > ? and sequence <= ? and topic in (select value from json_each(?))`,
  )
  return {
    ...createLateMessageQueries(db),
    oldestMessageAt: (communityId, topics) =>
      (oldest.get(communityId, topicNumbersJson(topics)) ?? null) as UnixSeconds | null,
    newestSequence: () => newest.get() ?? 0,
    readRange: (range) => ({ [Symbol.iterator]: () => readPages(db, range) }),
    countMessages: (communityId) => totals.get(communityId)?.messages ?? 0,
    countBytes: (communityId) => totals.get(communityId)?.bytes ?? 0,
    totalsOfRange({ communityId, from, to, topics, recordedAfter = 0, recordedUpTo }, partitionSeconds) {
      const where = [communityId, from, to, recordedAfter, recordedUpTo, topicNumbersJson(topics)]
      return inRange.get(from, partitionSeconds, ...where) ?? { ...NOTHING, partitions: 0 }
    },
    totalsOfDays: (communityId, from, to) =>
      days.get(communityId, Math.floor(from / DAY_SECONDS), Math.ceil(to / DAY_SECONDS) - 1) ?? NOTHING,
  }
}

function* readPages(db: Database.Database, range: MessageRange): Generator<EncodedMessage, void> {
  const readPage = createPageReader(db, range)
  // Before all messages of the first second: no topic is below 0.
  let after: Place | null = { sentAt: range.from, topic: -1, sequence: 0 }
  while (after !== null) {
    const page: Page = readPage(after)
    yield* page.messages
    after = page.end
  }
}

interface Page {
  readonly messages: readonly EncodedMessage[]
  /** Where the next page begins; null when this is the last. */
  readonly end: Place | null
}

function createPageReader(db: Database.Database, range: MessageRange): (after: Place) => Page {
  const { communityId, to, recordedUpTo, recordedAfter = 0 } = range
  const topics = topicNumbersJson(range.topics)
  // Two statements, because SQLite does not seek to a sequence within (sent_at, topic, sequence) > (?, ?, ?), and many
  // messages can share a second and a topic.
  const ties = db
    .prepare<unknown[], ReadRow>(
      `${SELECT} and sent_at = ? and topic = ? and sequence > ? and sequence <= ? order by sequence`,
    )
    .raw()
  const later = db
    .prepare<unknown[], ReadRow>(
      `${SELECT} and (sent_at, topic) > (?, ?) and sent_at < ? and sequence > ? and sequence <= ?
         and topic in (select value from json_each(?)) order by sent_at, topic, sequence`,
    )
    .raw()
  function* rowsAfter({ sentAt, topic, sequence }: Place): Generator<ReadRow, void> {
    yield* ties.iterate(communityId, sentAt, topic, sequence, recordedUpTo)
    yield* later.iterate(communityId, sentAt, topic, to, recordedAfter, recordedUpTo, topics)
  }
  return (after) => takePage(rowsAfter(after))
}

const SELECT = `
  select sent_at, topic, sequence, chunk_bytes, encoding
  from messages indexed by messages_in_order
  where community = (select number from communities where id = ?)`

/** Takes one page. Leaving the loop early closes the cursor. */
function takePage(rows: Iterable<ReadRow>): Page {
  const messages: EncodedMessage[] = []
  let pageBytes = 0
  for (const [sentAt, topic, sequence, chunkBytes, bytes] of rows) {
    messages.push({ bytes, chunkBytes })
    pageBytes += bytes.length
    if (messages.length >= PAGE_MESSAGES || pageBytes >= PAGE_BYTES) {
      return { messages, end: { sentAt, topic, sequence } }
    }
  }
  return { messages, end: null }
}
