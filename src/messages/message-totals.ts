import type Database from 'better-sqlite3'
import { DAY_SECONDS, type MessageRow } from './message-row.ts'

/** What counts of a message in the totals of its community. */
export type CountedRow = Pick<MessageRow, 'topic' | 'sent_at' | 'bytes'> & { readonly community: number }

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

/** What one transaction changes of the topics and days of its messages. */
export class ChangedTotals {
  readonly topics = new Map<string, TopicTotals>()
  readonly days = new Map<string, DayTotals>()
  hasLess = false

  add(row: CountedRow): void {
    this.#count(row, 1)
  }

  subtract(row: CountedRow): void {
    this.#count(row, -1)
    this.hasLess = true
  }

  #count({ community, topic, sent_at, bytes }: CountedRow, sign: 1 | -1): void {
    const day = Math.floor(sent_at / DAY_SECONDS)
    const ofTopic = entryOf(this.topics, `${community}/${topic}`, () => {
      return { community, topic, messages: 0, bytes: 0, oldest_at: sent_at }
    })
    ofTopic.oldest_at = Math.min(ofTopic.oldest_at, sent_at)
    const ofDay = entryOf(this.days, `${community}/${day}`, () => ({ community, day, messages: 0, bytes: 0 }))
    for (const totals of [ofTopic, ofDay]) {
      totals.messages += sign
      totals.bytes += sign * bytes
    }
  }
}

/** Prepares the statements that bring `topics` and `days` in line with what a transaction did to `messages`. */
export function createTotalsWriter(db: Database.Database): (changed: ChangedTotals) => void {
  const changeTopic = db.prepare<[TopicTotals]>(
    `insert into topics values (@community, @topic, @messages, @bytes, @oldest_at)
     on conflict do update set messages = messages + excluded.messages, bytes = bytes + excluded.bytes,
       oldest_at = min(oldest_at, excluded.oldest_at)`,
  )
  const changeDay = db.prepare<[DayTotals]>(
    `insert into days values (@community, @day, @messages, @bytes)
     on conflict do update set messages = messages + excluded.messages, bytes = bytes + excluded.bytes`,
  )
  const dropEmptyTopic = db.prepare<[TopicTotals]>(
    'delete from topics where community = @community and topic = @topic and messages = 0',
  )
  const dropEmptyDay = db.prepare<[DayTotals]>(
    'delete from days where community = @community and day = @day and messages = 0',
  )
  // Looks from the oldest that was known on, so that it finds the first message at once where that one is still there.
  const findOldest = db.prepare<[TopicTotals]>(
    `update topics set oldest_at = (
       select sent_at from messages indexed by messages_in_order
       where messages.community = topics.community and messages.topic = topics.topic
         and messages.sent_at >= topics.oldest_at
       order by sent_at limit 1)
     where community = @community and topic = @topic`,
  )
  return ({ topics, days, hasLess }) => {
    for (const totals of topics.values()) {
      changeTopic.run(totals)
      if (hasLess && dropEmptyTopic.run(totals).changes === 0) findOldest.run(totals)
    }
    for (const totals of days.values()) {
      changeDay.run(totals)
      if (hasLess) dropEmptyDay.run(totals)
    }
  }
}

function entryOf<Totals>(all: Map<string, Totals>, key: string, create: () => Totals): Totals {
  const entry = all.get(key) ?? create()
  all.set(key, entry)
  return entry
}
