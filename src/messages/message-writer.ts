import type Database from 'better-sqlite3'
import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { DAY_SECONDS, rowOf, type MessageRow } from './message-row.ts'

/** What became of one message: taken, known with the same bytes, or its key known with other bytes. */
export type Written = 'RECORDED' | 'DUPLICATE' | 'CONFLICT'

/** Records one message within a chunk. */
export type Write = (communityId: CommunityId, message: Message) => Written

/** Runs `work` in one durable transaction, in which alone `write` may be called. */
export type WriteChunk = (work: (write: Write) => void) => void

/** What one transaction adds to the topics and days of its messages. */
class AddedTotals {
  readonly topics = new Map<string, TopicTotals>()
  readonly days = new Map<string, DayTotals>()

  count({ community, topic, sent_at, bytes }: StoredRow): void {
    const day = Math.floor(sent_at / DAY_SECONDS)
    const ofTopic = entryOf(this.topics, `${community}/${topic}`, () => {
      return { community, topic, messages: 0, bytes: 0, oldest_at: sent_at }
    })
    ofTopic.oldest_at = Math.min(ofTopic.oldest_at, sent_at)
    const ofDay = entryOf(this.days, `${community}/${day}`, () => ({ community, day, messages: 0, bytes: 0 }))
    for (const totals of [ofTopic, ofDay]) {
      totals.messages += 1
      totals.bytes += bytes
    }
  }
}

interface TopicTotals {
  readonly community: number
  readonly topic: number
  messages: number
  bytes: number
  oldest_at: number
}

interface DayTotals {
  readonly community: number
  readonly day: number
  messages: number
  bytes: number
}

type StoredRow = MessageRow & { readonly community: number }

/** Prepares the statements that record messages. */
export function createMessageWriter(db: Database.Database): WriteChunk {
  const numberCommunity = createCommunityNumbers(db)
  const insert = db.prepare<[StoredRow]>(
    `insert into messages (community, key, key_is_hash, sent_at, topic, bytes, chunk_bytes, encoding)
     values (@community, @key, @key_is_hash, @sent_at, @topic, @bytes, @chunk_bytes, @encoding)`,
  )
  // Asked before each insert: one that does nothing would still count a sequence number, and so write to the disk.
  const findKey = db.prepare<[StoredRow]>(
    'select 1 from messages where community = @community and key = @key and key_is_hash = @key_is_hash',
  )
  const findSame = db.prepare<[StoredRow]>(
    `select 1 from messages
     where community = @community and key = @key and key_is_hash = @key_is_hash and encoding = @encoding`,
  )
  const addToTopic = db.prepare<[TopicTotals]>(
    `insert into topics values (@community, @topic, @messages, @bytes, @oldest_at)
     on conflict do update set messages = messages + excluded.messages, bytes = bytes + excluded.bytes,
       oldest_at = min(oldest_at, excluded.oldest_at)`,
  )
  const addToDay = db.prepare<[DayTotals]>(
    `insert into days values (@community, @day, @messages, @bytes)
     on conflict do update set messages = messages + excluded.messages, bytes = bytes + excluded.bytes`,
  )
  const chunk = db.transaction((work: (write: Write) => void) => {
    const added = new AddedTotals()
    work((communityId, message) => {
      const row = { ...rowOf(message), community: numberCommunity(communityId) }
      if (findKey.get(row) !== undefined) return findSame.get(row) === undefined ? 'CONFLICT' : 'DUPLICATE'
      insert.run(row)
      added.count(row)
      return 'RECORDED'
    })
    for (const totals of added.topics.values()) addToTopic.run(totals)
    for (const totals of added.days.values()) addToDay.run(totals)
  })
  return (work) => chunk.immediate(work)
}

function entryOf<Totals>(all: Map<string, Totals>, key: string, create: () => Totals): Totals {
  const entry = all.get(key) ?? create()
  all.set(key, entry)
  return entry
}

/** Small numbers stand for community ids, which would outweigh the shortest messages. */
function createCommunityNumbers(db: Database.Database): (communityId: CommunityId) => number {
  const insert = db.prepare<[CommunityId]>('insert into communities (id) values (?) on conflict do nothing')
  const find = db.prepare<[CommunityId], number>('select number from communities where id = ?').pluck()
  return (communityId) => {
    const known = find.get(communityId)
    return known ?? Number(insert.run(communityId).lastInsertRowid)
  }
}
