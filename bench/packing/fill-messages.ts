import Database from 'better-sqlite3'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { rowOf, topicNumberOf } from '../../src/messages/message-row.ts'

/** A history that is made up for a bench. */
export interface MadeUpHistory {
  readonly communityId: string
  readonly topic: ContentTopic
  readonly messages: number
  readonly payloadBytes: number
  /** The first second. */
  readonly from: number
  /** Within how many seconds the others follow, evenly, in the order of their sequence numbers. */
  readonly seconds: number
}

const TRANSACTION_BYTES = 67_108_864
const NO_BYTES = new Uint8Array()
/** The hash of a message, its time, its topic, and what SQLite and the encoding add to a payload. */
export const OVERHEAD_BYTES = 48

/**
 * Puts a history into the messages' database of a node that does not run. Quicker than recording it, which is
 * another bench: nothing is durable until the end, and the hashes are numbers in a row.
 */
export function fillMessages(
  file: string,
  { communityId, topic, messages, payloadBytes, from, seconds }: MadeUpHistory,
): void {
  const db = new Database(file)
  db.pragma('synchronous = off')
  db.prepare('insert into communities (id) values (?) on conflict do nothing').run(communityId)
  const community = Number(db.prepare('select number from communities where id = ?').pluck().get(communityId))
  const insert = db.prepare(
    `insert into messages (community, key, key_is_hash, sent_at, topic, bytes, chunk_bytes, encoding)
     values (${community}, @key, @key_is_hash, @sent_at, @topic, @bytes, @chunk_bytes, @encoding)`,
  )
  const [payload, hash] = [Buffer.alloc(payloadBytes, 0x5a), Buffer.alloc(32)]
  const perTransaction = Math.max(1, Math.floor(TRANSACTION_BYTES / (payloadBytes + OVERHEAD_BYTES)))
  let bytes = 0
  const fill = db.transaction((start: number, end: number) => {
    for (let n = start; n < end; n++) {
      hash.writeUIntBE(n, 26, 6)
      payload.writeUIntBE(n, 0, 6)
      const timestamp = (from + Math.floor((n * seconds) / messages)) as UnixSeconds
      const row = rowOf({ sig: NO_BYTES, timestamp, topic, payload, padding: NO_BYTES, hash, thirdPartyId: '' })
      insert.run(row)
      bytes += row.bytes
    }
  })
  for (let start = 0; start < messages; start += perTransaction) {
    fill(start, Math.min(start + perTransaction, messages))
  }
  db.prepare('insert into topics values (?, ?, ?, ?, ?)').run(community, topicNumberOf(topic), messages, bytes, from)
  db.exec(`insert into days select community, sent_at / 86400, count(*), sum(bytes) from messages group by 1, 2`)
  db.pragma('wal_checkpoint(truncate)')
  db.close()
}
