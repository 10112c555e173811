import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { messageBytes } from '../../src/formats/message-encoding.ts'
import type { LateMessages, LateRange } from '../../src/messages/late-messages.ts'
import { createMessageQueries, type MessageReader } from '../../src/messages/message-reader.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, readAll, TOPICS, wholeRange } from '../support/temporary-message-store.ts'

const OTHER_COMMUNITY = `0x02${'b2'.repeat(32)}` as CommunityId
const SPAN_SECONDS = 10

/** Messages that differ, sent at these seconds. */
function sentAt(seconds: readonly number[]): readonly Message[] {
  return seconds.map((second, index) =>
    sampleMessage({
      timestamp: second as UnixSeconds,
      topic: TOPICS[index % 3] ?? sampleMessage().topic,
      payload: Buffer.from(`number ${index}`),
    }),
  )
}

function lateOf(late: Partial<LateMessages> = {}): LateMessages {
  const { communityId, topics, recordedUpTo } = wholeRange()
  return { communityId, topics, before: 100 as UnixSeconds, recordedAfter: 0, recordedUpTo, ...late }
}

describe('late messages', () => {
  test('are grouped from the oldest on, each group with its true range', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, sentAt([5, 50, 99, 100]))
    const recordedAfter = store.newestSequence()
    await store.record(COMMUNITY, sentAt([99, 30, 39, 40, 30, 7, 100, 101]))

    const ranges = store.lateRanges(lateOf({ recordedAfter }), SPAN_SECONDS)

    expect(ranges).toMatchObject([
      { from: 7, to: 8, messages: 1 },
      { from: 30, to: 40, messages: 3 },
      { from: 40, to: 41, messages: 1 },
      { from: 99, to: 100, messages: 1 },
    ])
    expect(store.lateTotals(lateOf({ recordedAfter }))).toMatchObject({ messages: 6, oldestAt: 7 })
  })

  test('are none where nothing came in since, nor in a community that has no message', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, sentAt([5]))
    const nothing = { messages: 0, bytes: 0, oldestAt: null }

    expect(store.lateTotals(lateOf({ recordedAfter: 1 }))).toEqual(nothing)
    expect(store.lateTotals(lateOf({ communityId: OTHER_COMMUNITY }))).toEqual(nothing)
    expect(store.lateRanges(lateOf({ recordedAfter: 1 }), SPAN_SECONDS)).toEqual([])
  })

  test('agree with a list in memory, whatever was recorded when, and are read as they are counted', async () => {
    const seconds = fc.array(fc.nat(60), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(seconds, fc.subarray(TOPICS), fc.nat(40), fc.nat(40), fc.nat(60), async (...given) => {
        const [sent, topics, recordedAfter, recordedUpTo, before] = given
        const { store } = openTemporaryStore(createTemporaryFolder())
        const messages = sentAt(sent)
        await store.record(COMMUNITY, messages)
        await store.record(OTHER_COMMUNITY, messages)
        const late = lateOf({ topics, recordedAfter, recordedUpTo, before: before as UnixSeconds })
        const expected = messages
          .slice(recordedAfter, recordedUpTo)
          .filter(({ topic, timestamp }) => topics.includes(topic) && timestamp < before)

        const ranges = store.lateRanges(late, SPAN_SECONDS)

        expect(store.lateTotals(late)).toMatchObject({ messages: expected.length, bytes: bytesOf(expected) })
        expect(ranges.reduce((sum, { messages: count }) => sum + count, 0)).toBe(expected.length)
        for (const range of ranges) expectTrue(store, late, range)
        expect(store.totalsOfRange({ ...late, from: 0 as UnixSeconds, to: late.before }, SPAN_SECONDS)).toEqual({
          messages: expected.length,
          bytes: bytesOf(expected),
          partitions: new Set(expected.map(({ timestamp }) => Math.floor(timestamp / SPAN_SECONDS))).size,
        })
        ranges.slice(1).forEach((range, index) => {
          expect(range.from - (ranges[index]?.from ?? 0)).toBeGreaterThanOrEqual(SPAN_SECONDS)
        })
        await store.close()
      }),
      { numRuns: 40 },
    )
  })
})

/** Expects a range to hold what it says, and to be no longer than that. */
function expectTrue(reader: MessageReader, late: LateMessages, range: LateRange): void {
  const found = readAll(reader, { ...late, ...range })
  const times = found.map(({ timestamp }) => timestamp)
  expect({ messages: found.length, bytes: bytesOf(found) }).toEqual({ messages: range.messages, bytes: range.bytes })
  expect([Math.min(...times), Math.max(...times) + 1]).toEqual([range.from, range.to])
  expect(range.to - range.from).toBeLessThanOrEqual(SPAN_SECONDS)
}

describe('readRange after a sequence number', () => {
  test('leaves out what was recorded up to it, also among those that share a second and a topic', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const messages = sentAt(Array.from({ length: 2_500 }, () => 5))
    await store.record(COMMUNITY, messages)

    const expected = messages.slice(1_200).map(plainBytes)
    const found = readAll(store, { recordedAfter: 1_200 })

    expect(found).toHaveLength(1_300)
    expect(new Set(found.map(({ payload }) => Buffer.from(payload).toString()))).toEqual(
      new Set(expected.map(({ payload }) => Buffer.from(payload).toString())),
    )
  })
})

describe('totalsOfDays', () => {
  test('counts whole days, those that the range only touches too, and no other', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const messages = sentAt([0, 86_399, 86_400, 172_800, 172_801])
    await store.record(COMMUNITY, messages.slice(0, 3))
    await store.record(COMMUNITY, messages)
    await store.record(OTHER_COMMUNITY, messages)
    const messagesOf = (from: number, to: number): number =>
      store.totalsOfDays(COMMUNITY, from as UnixSeconds, to as UnixSeconds).messages

    expect(messagesOf(0, 86_400)).toBe(2)
    expect(messagesOf(86_399, 86_401)).toBe(3)
    expect(messagesOf(86_400, 172_801)).toBe(3)
    expect(messagesOf(86_400, 86_400)).toBe(0)
    expect(store.totalsOfDays(COMMUNITY, 0 as UnixSeconds, 259_200 as UnixSeconds)).toEqual({
      messages: 5,
      bytes: store.countBytes(COMMUNITY),
    })
  })
})

test('no question reads the whole history', async () => {
  const { store, file } = openTemporaryStore(createTemporaryFolder())
  await store.record(COMMUNITY, sentAt([1, 2, 3]))
  const asked: string[] = []
  const db = new Database(file, { readonly: true, verbose: (statement) => asked.push(String(statement)) })
  onTestFinished(() => void db.close())
  const queries = createMessageQueries(db)
  const [from, to] = [1 as UnixSeconds, 3 as UnixSeconds]

  queries.lateRanges(lateOf({ recordedAfter: 1 }), SPAN_SECONDS)
  queries.lateTotals(lateOf({ recordedAfter: 1 }))
  queries.lateTotals(lateOf())
  queries.totalsOfDays(COMMUNITY, from, to)
  queries.totalsOfRange(wholeRange({ from, to }), SPAN_SECONDS)
  expect([...queries.readRange(wholeRange({ from, to, recordedAfter: 1 }))]).toHaveLength(1)

  const plans = asked.map((statement) => planOf(file, statement))
  const since = 'SEARCH messages USING COVERING INDEX messages_as_recorded (community=? AND sequence>? AND sequence<?)'
  expect(plans).toEqual([
    since,
    since,
    'SEARCH messages USING COVERING INDEX messages_in_order (community=? AND sent_at<?)',
    'SEARCH days USING PRIMARY KEY (community=? AND day>? AND day<?)',
    'SEARCH messages USING COVERING INDEX messages_in_order (community=? AND sent_at>? AND sent_at<?)',
    expect.stringMatching(/^SEARCH messages USING INDEX messages_in_order \(community=\? AND sent_at=\? AND topic=\?/),
    expect.stringMatching(
      /^SEARCH messages USING INDEX messages_in_order \(community=\? AND \(sent_at,topic\)>\(\?,\?\)/,
    ),
  ])
})

/** How SQLite looks for the rows of a statement's own table. */
function planOf(file: string, statement: string): string | undefined {
  const db = new Database(file, { readonly: true })
  const steps = db.prepare<[], { detail: string }>(`explain query plan ${statement}`).all()
  db.close()
  return steps.map(({ detail }) => detail).find((detail) => /^(SEARCH|SCAN) (messages|days)\b/.test(detail))
}

function bytesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageBytes(message), 0)
}
