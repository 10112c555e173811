import Database from 'better-sqlite3'

/** A history that is made up for a bench. */
export interface MadeUpHistory {
  readonly communityId: string
  /** `0x` and 8 hex digits. */
  readonly topic: string
  readonly messages: number
  readonly payloadBytes: number
  /** The first second. */
  readonly from: number
  /** Within how many seconds the others follow, evenly, in the order of their sequence numbers. */
  readonly seconds: number
}

const TRANSACTION_BYTES = 67_108_864
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
  const community = db.prepare('select number from communities where id = ?').pluck().get(communityId)
  const topicNumber = Number.parseInt(topic.slice(2), 16)
  const insert = db.prepare(
    `insert into messages (community, key, key_is_hash, sent_at, topic, bytes, sig, payload, padding, third_party_id)
     values (?, ?, 1, ?, ?, ?, x'', ?, x'', '')`,
  )
  const payload = Buffer.alloc(payloadBytes, 0x5a)
  const key = Buffer.alloc(32)
  const perTransaction = Math.max(1, Math.floor(TRANSACTION_BYTES / (payloadBytes + OVERHEAD_BYTES)))
  const fill = db.transaction((start: number, end: number) => {
    for (let n = start; n < end; n++) {
      key.writeUIntBE(n, 26, 6)
      payload.writeUIntBE(n, 0, 6)
      insert.run(
        community,
        key,
        from + Math.floor((n * seconds) / messages),
        topicNumber,
        payloadBytes + OVERHEAD_BYTES,
        payload,
      )
    }
  })
  for (let start = 0; start < messages; start += perTransaction) {
    fill(start, Math.min(start + perTransaction, messages))
  }
  const bytes = messages * (payloadBytes + OVERHEAD_BYTES)
  db.prepare('insert into topics values (?, ?, ?, ?, ?)').run(community, topicNumber, messages, bytes, from)
  db.exec(`insert into days select community, sent_at / 86400, count(*), sum(bytes) from messages group by 1, 2`)
  db.pragma('wal_checkpoint(truncate)')
  db.close()
}
