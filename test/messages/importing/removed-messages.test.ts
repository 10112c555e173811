import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ContentTopic } from '../../../src/domain/content-topic.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { openMessageStore, type MessageStore } from '../../../src/messages/message-store.ts'
import { importArchives, importIdOf, messageAt, sampleArchive, takeOver } from '../../support/sample-archive.ts'
import { SAMPLE_TOPIC } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, readAll, TOPICS } from '../../support/temporary-message-store.ts'

const DAY = 86_400
const [FIRST, SECOND] = [importIdOf(1), importIdOf(2)]

function open(): { readonly store: MessageStore; readonly file: string } {
  return openTemporaryStore(createTemporaryFolder())
}

/** What the store holds, in its order, by name. */
function namesIn(store: MessageStore, recordedUpTo = Number.MAX_SAFE_INTEGER): readonly string[] {
  return readAll(store, { recordedUpTo }).map(({ thirdPartyId }) => thirdPartyId)
}

/** How many messages are kept aside. */
function countRemoved(file: string): unknown {
  const db = new Database(file, { readonly: true })
  onTestFinished(() => void db.close())
  return db.prepare('select count(*) from removed_messages').pluck().get()
}

/** All that is asked without reading a message. */
function totalsOf(store: MessageStore, topics: readonly ContentTopic[]): object {
  const days = [0, 1, 2, 3].map((day) => [day * DAY, (day + 1) * DAY] as [UnixSeconds, UnixSeconds])
  const late = { communityId: COMMUNITY, before: (2 * DAY) as UnixSeconds, recordedAfter: 1, recordedUpTo: 3 }
  return {
    messages: store.countMessages(COMMUNITY),
    bytes: store.countBytes(COMMUNITY),
    days: days.map(([from, to]) => store.totalsOfDays(COMMUNITY, from, to)),
    oldest: topics.map((topic) => store.oldestMessageAt(COMMUNITY, [topic])),
    late: store.lateTotals({ ...late, topics }),
  }
}

describe('undoing an import', () => {
  test('puts back what the newest import removed, under its number and with all totals, and once', async () => {
    const { store, file } = open()
    const topic = TOPICS[3] ?? SAMPLE_TOPIC
    const oneOfItsTopic = messageAt(DAY, 'one of its topic', topic)
    await store.record(COMMUNITY, [messageAt(DAY - 1, 'oldest'), oneOfItsTopic, messageAt(3 * DAY, 'newest')])
    const before = totalsOf(store, [topic, SAMPLE_TOPIC])

    const archive = sampleArchive(1, [0, 3 * DAY], [], [topic, SAMPLE_TOPIC])
    expect(await importArchives(store, FIRST, [archive])).toBe(2)
    expect(namesIn(store)).toEqual(['newest'])
    expect(totalsOf(store, [topic, SAMPLE_TOPIC])).toMatchObject({ oldest: [null, 3 * DAY], late: { messages: 0 } })
    expect([store.newestSequence(), store.continueAfter(3)]).toEqual([3, null])
    await store.close()
    const again = openMessageStore(file)
    onTestFinished(() => again.close())

    expect(await again.imports.undo(COMMUNITY, SECOND)).toBe(0)
    expect(await again.imports.undo(COMMUNITY, FIRST)).toBe(2)
    expect(await again.imports.undo(COMMUNITY, FIRST)).toBe(2)
    expect(totalsOf(again, [topic, SAMPLE_TOPIC])).toEqual(before)
    expect(namesIn(again, 2)).toEqual(['oldest', 'one of its topic'])
    await again.record(COMMUNITY, [messageAt(1, 'recorded after')])
    expect(again.newestSequence()).toBe(4)
  })

  test('lets what was recorded again meanwhile stay as it is', async () => {
    const { store } = open()
    const stray = messageAt(5, 'stray')
    await store.record(COMMUNITY, [stray, messageAt(6, 'other')])
    await importArchives(store, FIRST, [sampleArchive(1, [0, 10], [])])
    await store.record(COMMUNITY, [stray])

    expect(await store.imports.undo(COMMUNITY, FIRST)).toBe(1)
    expect(namesIn(store)).toEqual(['stray', 'other'])
    expect(readAll(store, { recordedAfter: 2 })).toHaveLength(1)
    expect(store.countMessages(COMMUNITY)).toBe(2)
  })

  test('is over when the next import begins, and what it would have put back is deleted', async () => {
    const { store, file } = open()
    await store.record(COMMUNITY, [messageAt(5, 'stray')])
    await importArchives(store, FIRST, [sampleArchive(1, [0, 10], [])])
    await takeOver(store, FIRST, [])
    expect(countRemoved(file)).toBe(1)
    await takeOver(store, SECOND, [])

    expect(countRemoved(file)).toBe(0)
    expect(await store.imports.undo(COMMUNITY, FIRST)).toBe(0)
    expect(await store.imports.undo(COMMUNITY, SECOND)).toBe(0)
    expect(namesIn(store)).toEqual([])
  })
  test('leaves those who share its transaction alone when what it would put back is forgotten meanwhile', async () => {
    const { store, file } = open()
    const own = Array.from({ length: 2_000 }, (_, n) => messageAt(n, `own ${n}`))
    await store.record(COMMUNITY, own)
    expect(await importArchives(store, FIRST, [sampleArchive(1, [0, DAY], [])])).toBe(own.length)
    const both = await Promise.allSettled([
      store.imports.undo(COMMUNITY, FIRST),
      takeOver(store, SECOND, []),
      store.record(COMMUNITY, [messageAt(2 * DAY, 'recorded meanwhile')]),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect([namesIn(store).at(-1), countRemoved(file)]).toEqual(['recorded meanwhile', 0])
  })
})
