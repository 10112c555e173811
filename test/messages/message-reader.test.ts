import Database from 'better-sqlite3'
import fc from 'fast-check'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../src/domain/message.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../../src/domain/time.ts'
import type { EncodedMessage } from '../../src/formats/message-encoding.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { arbitraryMessage } from '../support/arbitrary-message.ts'
import { decodedMessage } from '../support/encoded-message.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { sampleMessage, SAMPLE_TOPIC, sampleMessages } from '../support/sample-message.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, readAll, TOPICS, wholeRange } from '../support/temporary-message-store.ts'

describe('readRange', () => {
  test('orders by time, then topic, then as recorded, across many pages of ties', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const recorded = sampleMessages(4_500).map((message, index) => ({
      ...message,
      timestamp: (1_700_000_000 + (index % 2)) as UnixSeconds,
      topic: TOPICS[index % 3] ?? SAMPLE_TOPIC,
    }))
    await store.record(COMMUNITY, recorded)

    const expected = messagesInMemory(recorded, TOPICS).inRange(0 as UnixSeconds, LAST_UNIX_SECOND)

    expect(readAll(store)).toEqual([...expected].map(decodedMessage))
  })

  test('is in at `from`, out at `to`', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    await store.record(
      COMMUNITY,
      [10, 11, 12].map((second) => sampleMessage({ timestamp: second as UnixSeconds })),
    )

    const range = readAll(store, { from: 10 as UnixSeconds, to: 12 as UnixSeconds })

    expect(range.map(({ timestamp }) => timestamp)).toEqual([10, 11])
  })

  test('reads a message of 30,000,000 bytes and the ones after it', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const messages = [sampleMessage({ payload: Buffer.alloc(30_000_000, 1) }), sampleMessage({ thirdPartyId: 'after' })]
    await store.record(COMMUNITY, messages)

    expect(readAll(store).map(({ payload }) => payload.length)).toEqual([30_000_000, 3])
  })

  test('reads the same while new messages come in, and holds no transaction open between messages', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, sampleMessages(2_500))
    const recordedUpTo = store.newestSequence()
    const reader = openMessageReader(file)
    onTestFinished(() => reader.close())
    const range = wholeRange({ recordedUpTo })

    const seen: EncodedMessage[] = []
    for (const message of reader.readRange(range)) {
      seen.push(message)
      if (seen.length === 1_001) {
        await store.record(COMMUNITY, sampleMessages(2_500, { timestamp: 1 as UnixSeconds }))
        await store.record(COMMUNITY, sampleMessages(2_500, { thirdPartyId: 'late' }))
        expect(checkpointIsComplete(file)).toBe(true)
      }
    }

    expect(seen.map(decodedMessage)).toEqual(sampleMessages(2_500).map(plainBytes))
    expect([...reader.readRange(range)]).toEqual(seen)
    expect(readAll(reader)).toHaveLength(7_500)
  })

  test('reads in another thread', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, sampleMessages(10))
    const module = new URL('../../src/messages/message-reader.ts', import.meta.url).href
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
       import(workerData.module).then(({ openMessageReader }) =>
         parentPort.postMessage([...openMessageReader(workerData.file).readRange(workerData.range)].length))`,
      { eval: true, workerData: { module, file, range: wholeRange() } },
    )

    expect(await once(worker, 'message')).toEqual([10])
    await worker.terminate()
  })

  test('agrees with a list in memory, whatever is recorded and asked for', async () => {
    const messages = fc.array(fc.tuple(arbitraryMessage, fc.constantFrom(...TOPICS), fc.nat(5)), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(
        messages,
        fc.subarray(TOPICS),
        fc.nat(5),
        fc.nat(5),
        fc.nat(60),
        async (given, topics, from, to, cut) => {
          const recorded = given.map(([message, topic, second]) => ({
            ...message,
            topic,
            timestamp: second as UnixSeconds,
          }))
          const { store } = openTemporaryStore(createTemporaryFolder())
          await store.record(COMMUNITY, recorded)
          await store.record(COMMUNITY, recorded)
          const known = firstOfEachKey(recorded)
          const range = { from: from as UnixSeconds, to: to as UnixSeconds, topics }
          const expected = messagesInMemory(known.slice(0, cut), topics).inRange(range.from, range.to)
          const oldest = known.filter(({ topic }) => topics.includes(topic)).map(({ timestamp }) => timestamp)

          expect(readAll(store)).toEqual(
            [...messagesInMemory(known, TOPICS).inRange(0 as UnixSeconds, LAST_UNIX_SECOND)].map(decodedMessage),
          )
          expect(readAll(store, { ...range, recordedUpTo: cut })).toEqual([...expected].map(decodedMessage))
          expect(store.oldestMessageAt(COMMUNITY, topics)).toBe(oldest.length > 0 ? Math.min(...oldest) : null)
          expect(store.countMessages(COMMUNITY)).toBe(known.length)
          await store.close()
        },
      ),
      { numRuns: 50 },
    )
  })
})

function firstOfEachKey(messages: readonly Message[]): readonly Message[] {
  const first = new Map<string, Message>()
  for (const message of messages) {
    const key =
      message.hash.length > 0 ? Buffer.from(message.hash).toString('hex') : JSON.stringify(plainBytes(message))
    if (!first.has(key)) first.set(key, message)
  }
  return [...first.values()]
}

/** Whether all of the WAL can be moved into the file: a cursor held anywhere would forbid it. */
function checkpointIsComplete(file: string): boolean {
  const db = new Database(file)
  const [state] = db.pragma('wal_checkpoint(truncate)') as [{ busy: number; log: number; checkpointed: number }]
  db.close()
  return state.busy === 0
}
