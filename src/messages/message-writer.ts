import type Database from 'better-sqlite3'
import type { CommunityId } from '../domain/community-id.ts'
import type { MessageRow } from './message-row.ts'
import { ChangedTotals, createTotalsWriter, type CountedRow } from './message-totals.ts'
import type { Transaction } from './write-queue.ts'

/** What became of one message: taken, known with the same bytes, or its key known with other bytes. */
export type Written = 'RECORDED' | 'DUPLICATE' | 'CONFLICT'

/** A message that is in `messages` now, and how it came there. */
export interface WrittenMessage {
  readonly written: Written
  /** Its sequence number, or that of the message that has its key. */
  readonly sequence: number
}

/** Why a message is removed. */
export interface Removal {
  readonly sequence: number
  /** The number of the import, and of the archive within it, that has the history without this message. */
  readonly import: number
  readonly archive: number
}

/** Changes `messages`, and with them the totals of topics and days. */
export interface MessageWriter {
  /** Durable. In it alone the other functions may be called. */
  readonly transaction: Transaction

  /** The small number that stands for a community, given to it where it has none. */
  numberOf(communityId: CommunityId): number

  /** Records one message. */
  record(community: number, row: MessageRow): WrittenMessage

  /** Moves a message into `removed_messages`. Returns its bytes. */
  remove(removal: Removal): number

  /**
   * Moves a removed message back, under its old number: what a run looked at then, it finds again.
   *
   * @returns False where its key was taken meanwhile: then it is gone. False too where it is not kept aside any more.
   */
  restore(sequence: number): boolean
}

/** Prepares the statements that change messages. */
export function createMessageWriter(db: Database.Database): MessageWriter {
  const writeTotals = createTotalsWriter(db)
  const begin = db.prepare('begin immediate')
  const commit = db.prepare('commit')
  const rollback = db.prepare('rollback')
  let totals: ChangedTotals | null = null
  const changed = (): ChangedTotals => {
    if (totals === null) throw new Error('Cannot change messages: no transaction is open')
    return totals
  }
  return {
    transaction: {
      begin() {
        begin.run()
        totals = new ChangedTotals()
      },
      commit() {
        writeTotals(changed())
        commit.run()
        totals = null
      },
      rollback() {
        totals = null
        if (db.inTransaction) rollback.run()
      },
    },
    numberOf: createCommunityNumbers(db),
    record: createRecording(db, changed),
    ...createRemoval(db, changed),
  }
}

function createRecording(db: Database.Database, changed: () => ChangedTotals): MessageWriter['record'] {
  // By place, as binding by name takes a good part of what it takes to insert.
  const insert = db.prepare(
    `insert into messages (community, key, key_is_hash, sent_at, topic, bytes, chunk_bytes, encoding)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  // Asked before each insert: one that does nothing would still count a sequence number, and so write to the disk.
  const findKey = db
    .prepare<[number, Uint8Array, number], number>(
      'select sequence from messages where community = ? and key = ? and key_is_hash = ?',
    )
    .pluck()
  const findSame = db.prepare<[number, Uint8Array]>('select 1 from messages where sequence = ? and encoding = ?')
  return (community, { key, key_is_hash, sent_at, topic, bytes, chunk_bytes, encoding }) => {
    const known = findKey.get(community, key, key_is_hash)
    if (known !== undefined) {
      const isSame = findSame.get(known, encoding) !== undefined
      return { written: isSame ? 'DUPLICATE' : 'CONFLICT', sequence: known }
    }
    const row = [community, key, key_is_hash, sent_at, topic, bytes, chunk_bytes, encoding]
    const sequence = Number(insert.run(row).lastInsertRowid)
    changed().add({ community, topic, sent_at, bytes })
    return { written: 'RECORDED', sequence }
  }
}

const COLUMNS = 'sequence, community, key, key_is_hash, sent_at, topic, bytes, chunk_bytes, encoding'

function createRemoval(db: Database.Database, changed: () => ChangedTotals): Pick<MessageWriter, 'remove' | 'restore'> {
  const keepAside = db.prepare<[Removal]>(
    `insert into removed_messages (import, archive, ${COLUMNS})
     select @import, @archive, ${COLUMNS} from messages where sequence = @sequence`,
  )
  const takeOut = db.prepare<[number], CountedRow>(
    'delete from messages where sequence = ? returning community, topic, sent_at, bytes',
  )
  const putBack = db.prepare<[number]>(
    `insert into messages (${COLUMNS}) select ${COLUMNS} from removed_messages as removed
     where sequence = ? and not exists (
       select 1 from messages where community = removed.community and key = removed.key
         and key_is_hash = removed.key_is_hash)`,
  )
  const forget = db.prepare<[number], CountedRow>(
    'delete from removed_messages where sequence = ? returning community, topic, sent_at, bytes',
  )
  return {
    remove(removal) {
      keepAside.run(removal)
      const row = takeOut.get(removal.sequence)
      if (row === undefined) throw new Error(`Cannot remove message ${removal.sequence}: there is none`)
      changed().subtract(row)
      return row.bytes
    },
    restore(sequence) {
      const isBack = putBack.run(sequence).changes === 1
      const row = forget.get(sequence)
      // Who looked at it in a transaction of before may come too late, and would fail all who share this one.
      if (row === undefined) return false
      if (isBack) changed().add(row)
      return isBack
    },
  }
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
