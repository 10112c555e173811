import { describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { openMessageStore, type MessageStore } from '../../../src/messages/message-store.ts'
import { plainBytes } from '../../support/plain-bytes.ts'
import { importArchives, importIdOf, messageAt, sampleArchive, takeOver } from '../../support/sample-archive.ts'
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
  test('is imported once it is written: what is new is added, what is here is kept, what is twice counts once', async () => {
    const { store } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2], ['c', 3], ['b', 2]))
    await store.record(COMMUNITY, named(['b', 2]))

    const taken = takeOver(store, FIRST, [archive])
    expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set())
    expect(await taken).toEqual([{ archiveId: archive.id, messages: 3, added: 2, removed: 0 }])

    expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set([archive.id]))
    expect(readAll(store)).toEqual(named(['a', 1], ['b', 2], ['c', 3]).map(plainBytes))
  })

  test('that is imported again changes nothing, and tells its own import what it told before', async () => {
    const { store, file } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2]))
    await takeOver(store, FIRST, [archive])
    await store.close()
    const again = openMessageStore(file)
    onTestFinished(() => again.close())

    expect(await takeOver(again, FIRST, [archive])).toMatchObject([{ messages: 2, added: 2 }])
    expect(await takeOver(again, SECOND, [archive])).toMatchObject([{ messages: 2, added: 0 }])
    expect(again.newestSequence()).toBe(2)
  })

  test('that was broken off adds, and counts what it added, when it is imported after all', async () => {
    const { store } = open()
    const archive = sampleArchive(1, [0, 10], named(['a', 1], ['b', 2], ['c', 3]))
    const stop = new AbortController()
    function* batches(): Generator<readonly Message[], void> {
      yield archive.messages.slice(0, 2)
      stop.abort()
      yield archive.messages.slice(2)
    }
    const archives = [{ archiveId: archive.id, batches: batches() }]
    const request = { communityId: COMMUNITY, importId: FIRST, index: [archive], archives }
    expect(await store.imports.takeOver(request, stop.signal)).toEqual([])
    expect([store.countMessages(COMMUNITY), store.imports.importedArchives(COMMUNITY).size]).toEqual([2, 0])

    expect(await takeOver(store, SECOND, [archive])).toMatchObject([{ messages: 3, added: 3 }])
  })

  test('keeps the first of two messages with one key', async () => {
    const { store } = open()
    const [mine, theirs] = [1, 2].map((second) => sampleMessage({ ...messageAt(second), hash: Buffer.from('name') }))
    await store.record(COMMUNITY, [mine ?? sampleMessage()])

    const archive = sampleArchive(1, [0, 10], [theirs ?? sampleMessage()])
    expect(await takeOver(store, FIRST, [archive])).toMatchObject([{ messages: 1, added: 0, removed: 0 }])

    expect(readAll(store)).toEqual([mine].map((message) => plainBytes(message ?? sampleMessage())))
  })

  test('is refused to an import after which another was begun', async () => {
    const { store } = open()
    expect(await takeOver(store, FIRST, [])).toEqual([])
    await takeOver(store, SECOND, [])
    await expect(takeOver(store, FIRST, [])).rejects.toThrow(`the newest is ${SECOND}`)
    await store.close()
    await expect(store.record(COMMUNITY, [])).rejects.toThrow('the store is closed')
  })

  test('is as good as not there to whoever reads until it is on the disk', async () => {
    const { store } = open()
    const archive = sampleArchive(1, [0, 10], sampleMessages(1_000, { timestamp: 5 as UnixSeconds }))
    const read: (readonly number[])[] = []
    const look = (): void =>
      void read.push([store.newestSequence(), store.countMessages(COMMUNITY), readAll(store).length])
    function* batches(): Generator<readonly Message[], void> {
      for (const messages of [archive.messages.slice(0, 500), archive.messages.slice(500), []]) {
        look()
        yield messages
      }
    }
    const archives = [{ archiveId: archive.id, batches: batches() }]
    await store.imports.takeOver({ communityId: COMMUNITY, importId: FIRST, index: [archive], archives })
    look()
    const [last, ...rest] = read.toReversed()
    expect(last).toEqual([1_000, 1_000, 1_000])
    for (const [newest, counted, found] of rest) expect([counted, found]).toEqual([newest, newest])
    expect(rest.at(-1)).toEqual([0, 0, 0])
    expect(rest.at(-2)?.at(0)).toBeLessThan(500)
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
    const taken = await takeOver(store, importIdOf(3), [former], { index: [former, newer] })
    expect(taken).toMatchObject([{ messages: 2, added: 1 }])
  })
})

describe('recording', () => {
  test('goes on while an archive is written, and while what it lacks is removed', async () => {
    const { store } = open()
    const strays = sampleMessages(3_000, { timestamp: 5 as UnixSeconds })
    await store.record(COMMUNITY, strays)
    const archive = sampleArchive(1, [0, 10], sampleMessages(3_000, { timestamp: 6 as UnixSeconds }))
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)

    const written = takeOver(store, FIRST, [archive]).then(note('taken over'))
    await store.record(COMMUNITY, [messageAt(20)]).then(note('recorded'))
    expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set())
    await written
    const removed = takeOver(store, SECOND, [sampleArchive(2, [0, 10], [])]).then(note('removed'))
    await store.record(COMMUNITY, [messageAt(21)]).then(note('recorded'))
    await removed

    expect(order).toEqual(['recorded', 'taken over', 'recorded', 'removed'])
    expect(store.countMessages(COMMUNITY)).toBe(2)
  })
})
