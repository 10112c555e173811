import type Database from 'better-sqlite3'
import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { messageBytes } from '../formats/message-encoding.ts'
import { rowOf, type MessageRow } from './message-row.ts'

/** What became of one message: taken, known with the same bytes, or its key known with other bytes. */
export type Written = 'RECORDED' | 'DUPLICATE' | 'CONFLICT'

/** Records one message within a chunk. */
export type Write = (communityId: CommunityId, message: Message) => Written

/** Runs `work` in one durable transaction, in which alone `write` may be called. */
export type WriteChunk = (work: (write: Write) => void) => void

/** What one transaction adds to a topic. */
interface TopicTotals {
  readonly community: number
  readonly topic: number
  messages: number
  bytes: number
  oldest_at: number
}

type StoredRow = MessageRow & { readonly community: number }

/** Prepares the statements that record messages. */
export function createMessageWriter(db: Database.Database): WriteChunk {
  const numberCommunity = createCommunityNumbers(db)
  const insert = db.prepare<[StoredRow]>(
    `insert into messages (community, key, key_is_hash, sent_at, topic, sig, payload, padding, third_party_id)
     values (@community, @key, @key_is_hash, @sent_at, @topic, @sig, @payload, @padding, @third_party_id)`,
  )
  // Asked before each insert: one that does nothing would still count a sequence number, and so write to the disk.
  const findKey = db.prepare<[StoredRow]>(
    'select 1 from messages where community = @community and key = @key and key_is_hash = @key_is_hash',
  )
  const findSame = db.prepare<[StoredRow]>(
    `select 1 from messages
     where community = @community and key = @key and key_is_hash = @key_is_hash
       and sent_at = @sent_at and topic = @topic and sig = @sig and payload = @payload and padding = @padding
       and third_party_id = @third_party_id`,
  )
  const addTotals = db.prepare<[TopicTotals]>(
    `insert into topics values (@community, @topic, @messages, @bytes, @oldest_at)
     on conflict do update set messages = messages + excluded.messages, bytes = bytes + excluded.bytes,
       oldest_at = min(oldest_at, excluded.oldest_at)`,
  )
  const chunk = db.transaction((work: (write: Write) => void) => {
    const totals = new Map<string, TopicTotals>()
    work((communityId, message) => {
      const row = { ...rowOf(message), community: numberCommunity(communityId) }
      if (findKey.get(row) !== undefined) return findSame.get(row) === undefined ? 'CONFLICT' : 'DUPLICATE'
      insert.run(row)
      count(totals, row, messageBytes(message))
      return 'RECORDED'
    })
    for (const added of totals.values()) addTotals.run(added)
  })
  return (work) => chunk.immediate(work)
}

function count(totals: Map<string, TopicTotals>, row: StoredRow, bytes: number): void {
  const { community, topic, sent_at } = row
  const key = `${community}/${topic}`
  const added = totals.get(key) ?? { community, topic, messages: 0, bytes: 0, oldest_at: sent_at }
  added.messages += 1
  added.bytes += bytes
  added.oldest_at = Math.min(added.oldest_at, sent_at)
  totals.set(key, added)
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
