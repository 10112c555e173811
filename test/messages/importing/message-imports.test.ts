import { describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { openMessageStore, type MessageStore } from '../../../src/messages/message-store.ts'
import { plainBytes } from '../../support/plain-bytes.ts'
import { importArchives, importIdOf, messageAt, sampleArchive, writeArchive } from '../../support/sample-archive.ts'
import { SAMPLE_TOPIC, sampleMessage, sampleMessages } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, readAll, TOPICS } from '../../support/temporary-message-store.ts'

const [FIRST, SECOND] = [importIdOf(1), importIdOf(2)]

function open(): { readonly store: MessageStore; readonly file: string } {
  return openTemporaryStore(createTemporaryFolder())
}

/** What the store holds, in its order, by name. */
function namesIn(store: MessageStore): readonly string[] {
  return readAll(store).map(({ thirdPartyId }) => thirdPartyId)
}

function named(...names: readonly [name: string, second: number][]): readonly Message[] {
  return names.map(([name, second]) => messageAt(second, name))
}

describe('an archive', () => {
  test('is imported once it is finished: what is new is added, what is here is kept, what is twice counts once', async () => {
    const { store } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2], ['c', 3], ['b', 2]))
    await store.record(COMMUNITY, named(['b', 2]))
    await store.imports.begin(COMMUNITY, FIRST)
    const opened = store.imports.openArchive(COMMUNITY, FIRST, archive.id)

    await opened.write(archive.messages)
    expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set())
    expect(await opened.finish()).toEqual({ messages: 3, added: 2, kept: 1 })

    expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set([archive.id]))
    expect(readAll(store)).toEqual(named(['a', 1], ['b', 2], ['c', 3]).map(plainBytes))
  })

  test('takes its last messages with its end', async () => {
    const { store } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2], ['c', 3]))
    await store.imports.begin(COMMUNITY, FIRST)
    const opened = store.imports.openArchive(COMMUNITY, FIRST, archive.id)
    await opened.write(archive.messages.slice(0, 1))
    expect(await opened.finish(archive.messages.slice(1))).toEqual({ messages: 3, added: 3, kept: 0 })
    expect(readAll(store)).toEqual(archive.messages.map(plainBytes))
  })

  test('that is imported again changes nothing, and tells its own import what it told before', async () => {
    const { store, file } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2]))
    await importArchives(store, FIRST, [archive])
    await store.close()
    const again = openMessageStore(file)
    onTestFinished(() => again.close())

    expect(await writeArchive(again, FIRST, archive)).toEqual({ messages: 2, added: 2, kept: 0 })
    await again.imports.begin(COMMUNITY, SECOND)
    expect(await writeArchive(again, SECOND, archive)).toEqual({ messages: 2, added: 0, kept: 2 })
    expect(again.newestSequence()).toBe(2)
  })

  test('that was broken off adds, and counts what it added, when it is imported after all', async () => {
    const { store } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2], ['c', 3]))
    await store.imports.begin(COMMUNITY, FIRST)
    await store.imports.openArchive(COMMUNITY, FIRST, archive.id).write(archive.messages.slice(0, 2))
    await store.imports.begin(COMMUNITY, SECOND)

    expect(await writeArchive(store, SECOND, archive)).toEqual({ messages: 3, added: 3, kept: 0 })
  })

  test('keeps the first of two messages with one key', async () => {
    const { store } = open()
    const [mine, theirs] = [1, 2].map((second) => sampleMessage({ ...messageAt(second), hash: Buffer.from('name') }))
    await store.record(COMMUNITY, [mine ?? sampleMessage()])

    await store.imports.begin(COMMUNITY, FIRST)
    const archive = sampleArchive(1, [0, 10], [theirs ?? sampleMessage()])
    expect(await writeArchive(store, FIRST, archive)).toEqual({ messages: 1, added: 0, kept: 1 })
    await store.imports.canonicalise(COMMUNITY, FIRST, archive.id, [archive])

    expect(readAll(store)).toEqual([mine].map((message) => plainBytes(message ?? sampleMessage())))
  })

  test('is refused to an import that was not begun, or after which another was', async () => {
    const { store } = open()
    const { id } = sampleArchive(1, [0, 10], [])

    expect(() => store.imports.openArchive(COMMUNITY, FIRST, id)).toThrow(/Cannot go on with import .*none was begun/)
    await store.imports.begin(COMMUNITY, FIRST)
    expect(await store.imports.canonicalise(COMMUNITY, FIRST, id, [])).toBe(0)
    await store.imports.begin(COMMUNITY, SECOND)
    expect(() => store.imports.openArchive(COMMUNITY, FIRST, id)).toThrow(`the newest is ${SECOND}`)
    await expect(store.imports.begin(COMMUNITY, FIRST)).rejects.toThrow(`the newest is ${SECOND}`)
    const opened = store.imports.openArchive(COMMUNITY, SECOND, id)
    await store.close()
    await expect(opened.write([])).rejects.toThrow('the store is closed')
  })
})

describe('the canonical history', () => {
  test('loses what no archive has: in its range, on its topics, once all archives that overlap are imported', async () => {
    const { store } = open()
    const other = TOPICS[0] ?? SAMPLE_TOPIC
    const strays = [messageAt(0), messageAt(9), messageAt(10), messageAt(5, 'other topic', other)]
    await store.record(COMMUNITY, strays)
    const week = sampleArchive(1, [0, 10], named(['a', 1]))
    const late = sampleArchive(2, [3, 12], named(['late', 3]))

    expect(await importArchives(store, FIRST, [week], [week, late])).toBe(0)
    expect(store.countMessages(COMMUNITY)).toBe(5)
    expect(await importArchives(store, SECOND, [late], [week, late])).toBe(3)
    expect(namesIn(store)).toEqual(['a', 'late', 'other topic'])
  })

  test('is not held up by an archive without a second, nor by one without messages', async () => {
    const { store } = open()
    await store.record(COMMUNITY, named(['stray', 5]))
    const [instant, never] = [sampleArchive(1, [5, 5], []), sampleArchive(2, [5, 5], [])]
    const empty = sampleArchive(3, [0, 10], [])

    expect(await importArchives(store, FIRST, [instant], [instant, never, empty])).toBe(0)
    expect(await importArchives(store, SECOND, [empty], [instant, never, empty])).toBe(1)
    expect(store.countMessages(COMMUNITY)).toBe(0)
  })

  test('calls an archive imported no more whose message went, as the newer index names the archive no more', async () => {
    const { store } = open()
    const former = sampleArchive(1, [0, 10], named(['a', 1], ['former', 2]))
    const newer = sampleArchive(2, [0, 10], named(['a', 1]))
    await importArchives(store, FIRST, [former])

    expect(await importArchives(store, SECOND, [newer])).toBe(1)
    expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set([newer.id]))
    const third = importIdOf(3)
    await store.imports.begin(COMMUNITY, third)
    expect(await writeArchive(store, third, former)).toEqual({ messages: 2, added: 1, kept: 1 })
  })
})

describe('recording', () => {
  test('goes on while an archive is written, and while what it lacks is removed', async () => {
    const { store } = open()
    const strays = sampleMessages(3_000, { timestamp: 5 as UnixSeconds })
    await store.record(COMMUNITY, strays)
    await store.imports.begin(COMMUNITY, FIRST)
    const archive = sampleArchive(1, [0, 10], sampleMessages(3_000, { timestamp: 6 as UnixSeconds }))
    const opened = store.imports.openArchive(COMMUNITY, FIRST, archive.id)
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)

    const written = opened.write(archive.messages).then(note('written'))
    await store.record(COMMUNITY, [messageAt(20)]).then(note('recorded'))
    await Promise.all([written, opened.finish()])
    const removed = store.imports.canonicalise(COMMUNITY, FIRST, archive.id, [archive]).then(note('removed'))
    await store.record(COMMUNITY, [messageAt(21)]).then(note('recorded'))
    await removed

    expect(order).toEqual(['recorded', 'written', 'recorded', 'removed'])
    expect(store.countMessages(COMMUNITY)).toBe(3_002)
  })
})
