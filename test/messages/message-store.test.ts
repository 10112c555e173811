import Database from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { openMessageStore } from '../../src/messages/message-store.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { sampleMessage, sampleMessages } from '../support/sample-message.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, readAll, TOPICS, wholeRange } from '../support/temporary-message-store.ts'

const OTHER_COMMUNITY = `0x02${'b2'.repeat(32)}` as CommunityId

describe('record', () => {
  test('gives back every field of a message as it went in', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const message = sampleMessage({
      sig: Buffer.from('signature'),
      padding: new Uint8Array(3),
      hash: new Uint8Array(32).fill(7),
      thirdPartyId: 'discord:1\u0000\u{1f600}',
    })

    expect(await store.record(COMMUNITY, [message])).toEqual({ recorded: 1, duplicates: 0, conflicts: [] })

    expect(readAll(store)).toEqual([plainBytes(message)])
    expect([...store.readRange(wholeRange())]).toMatchObject([{ chunkBytes: 'signature'.length + 3 }])
  })

  test('counts what it knows already, with a hash and without, within one call too', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const messages = [sampleMessage(), sampleMessage({ hash: Buffer.from('named') }), sampleMessage()]

    expect(await store.record(COMMUNITY, messages)).toEqual({ recorded: 2, duplicates: 1, conflicts: [] })
    expect(await store.record(COMMUNITY, messages)).toEqual({ recorded: 0, duplicates: 3, conflicts: [] })
    expect(store.countMessages(COMMUNITY)).toBe(2)
  })

  test.each<[string, Partial<Message>]>([
    ['sig', { sig: Buffer.from('x') }],
    ['timestamp', { timestamp: 1 as UnixSeconds }],
    ['topic', { topic: '0x00000001' as ContentTopic }],
    ['payload', { payload: Buffer.from('x') }],
    ['padding', { padding: Buffer.from('x') }],
    ['thirdPartyId', { thirdPartyId: 'x' }],
  ])('keeps the first of two messages with one hash that differ in %s', async (_field, change) => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const first = sampleMessage({ hash: Buffer.from('named') })

    const outcome = await store.record(COMMUNITY, [first, sampleMessage(), { ...first, ...change }])

    expect(outcome).toEqual({ recorded: 2, duplicates: 0, conflicts: [2] })
    expect(readAll(store)).toEqual([first, sampleMessage()].map(plainBytes))
  })

  test('lets nobody take the place of a message without a hash by naming theirs after its digest', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, [sampleMessage()])
    const db = new Database(file, { readonly: true })
    const digest = db.prepare<[], Buffer>('select key from messages').pluck().get()
    db.close()

    const outcome = await store.record(COMMUNITY, [
      sampleMessage({ hash: digest ?? Buffer.alloc(0), thirdPartyId: 'x' }),
    ])

    expect(outcome).toEqual({ recorded: 1, duplicates: 0, conflicts: [] })
  })

  test('keeps communities apart', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, [sampleMessage()])

    expect(await store.record(OTHER_COMMUNITY, [sampleMessage()])).toMatchObject({ recorded: 1 })
    expect(readAll(store, { communityId: OTHER_COMMUNITY })).toHaveLength(1)
    expect(store.countMessages(COMMUNITY)).toBe(1)
  })

  test('settles callers that wait together, each with its own outcome', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const messages = sampleMessages(3_000)

    const outcomes = await Promise.all([
      store.record(COMMUNITY, messages.slice(0, 2_000)),
      store.record(OTHER_COMMUNITY, messages.slice(0, 10)),
      store.record(COMMUNITY, []),
      store.record(COMMUNITY, messages.slice(1_000)),
    ])

    expect(outcomes).toMatchObject([{ recorded: expect.any(Number) }, { recorded: 10 }, { recorded: 0 }, {}])
    expect(outcomes.map(({ recorded, duplicates }) => recorded + duplicates)).toEqual([2_000, 10, 0, 2_000])
    expect(store.countMessages(COMMUNITY)).toBe(3_000)
  })

  test('yields to the event loop while it records many', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    const delay = monitorEventLoopDelay({ resolution: 1 })
    let turns = 0
    let isDone = false
    delay.enable()
    const recording = store.record(COMMUNITY, sampleMessages(5_000)).finally(() => (isDone = true))
    while (!isDone) {
      await setImmediate()
      turns += 1
    }
    delay.disable()

    expect(await recording).toMatchObject({ recorded: 5_000 })
    expect(turns).toBeGreaterThan(5)
    expect(delay.percentile(50) / 1e6).toBeLessThan(100)
  })

  test('leaves whole transactions behind when the database fails, and says so', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, sampleMessages(2))
    const other = new Database(file)
    other.exec(
      `create trigger fail before insert on messages when new.sent_at = 13 begin select raise(abort, 'broken'); end`,
    )
    other.close()

    const bad = store.record(COMMUNITY, [...sampleMessages(5), sampleMessage({ timestamp: 13 as UnixSeconds })])

    await expect(bad).rejects.toThrow(/Cannot record 6 messages .*broken/)
    expect(store.countMessages(COMMUNITY)).toBe(readAll(store).length)
    expect(await store.record(COMMUNITY, sampleMessages(5))).toMatchObject({ recorded: 3, duplicates: 2 })
  })

  test('is finished before the store closes, and refused after', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    const recording = store.record(COMMUNITY, sampleMessages(3_000))
    await store.close()

    expect(await recording).toMatchObject({ recorded: 3_000 })
    await expect(store.record(COMMUNITY, [])).rejects.toThrow('the store is closed')
    await store.close()
    const reader = openMessageReader(file)
    expect(reader.newestSequence()).toBe(3_000)
    await reader.close()
  })
})

describe('opening', () => {
  test('finds what was recorded before', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, sampleMessages(3))
    const bytes = store.countBytes(COMMUNITY)
    await store.close()

    const again = openMessageStore(file)
    onTestFinished(() => again.close())

    expect(again.newestSequence()).toBe(3)
    expect(again.countBytes(COMMUNITY)).toBe(bytes)
    expect(bytes).toBeGreaterThan(3 * 'number 0'.length)
    expect(again.oldestMessageAt(OTHER_COMMUNITY, TOPICS)).toBeNull()
  })

  test('refuses a database of a newer program by name, and leaves it as it is', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.close()
    const db = new Database(file)
    db.pragma('user_version = 99')

    expect(() => openMessageStore(file)).toThrow(/messages\.db": its schema is version 99, newer than this program's 1/)
    expect(() => openMessageReader(file)).toThrow(/version 99, newer/)
    expect(db.pragma('user_version', { simple: true })).toBe(99)
    db.close()
  })

  test('refuses to read what was never opened for writing, and what is no database', () => {
    const folder = createTemporaryFolder()
    writeFileSync(join(folder, 'noise.db'), 'x'.repeat(10_000))

    expect(() => openMessageReader(join(folder, 'absent.db'))).toThrow(/Cannot open the messages in ".*absent\.db"/)
    expect(() => openMessageStore(join(folder, 'noise.db'))).toThrow(/noise\.db": file is not a database/)
  })
})
