import { expect, test } from 'vitest'
import type { Message } from '../../../src/domain/message.ts'
import type { TakenOver } from '../../../src/messages/importing/message-imports.ts'
import { importIdOf, messageAt, sampleArchive, takeOver } from '../../support/sample-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'

const IMPORT = importIdOf(1)

test('an import ends between two messages when it is to, and comes to the same when it goes on', async () => {
  const { store } = openTemporaryStore(createTemporaryFolder())
  const own = Array.from({ length: 5_000 }, (_, n) => messageAt(n, `own ${n}`))
  await store.record(COMMUNITY, own)
  const archive = sampleArchive(1, [0, own.length], [])
  const stop = new AbortController()
  const brokenOff = takeOver(store, IMPORT, [archive], { signal: stop.signal })
  // Whoever records has what was removed until then committed.
  let recorded = 0
  do {
    await store.record(COMMUNITY, [messageAt(own.length + recorded)])
    recorded += 1
  } while (store.countMessages(COMMUNITY) === own.length + recorded)
  stop.abort()
  expect(await brokenOff).toEqual([])
  expect(store.countMessages(COMMUNITY)).toBeGreaterThan(recorded)
  expect(await takeOver(store, IMPORT, [archive])).toMatchObject([{ removed: own.length }])
  expect(store.countMessages(COMMUNITY)).toBe(recorded)
})

test('an import that ends between two archives tells of the first, and has not begun the next', async () => {
  const { store } = openTemporaryStore(createTemporaryFolder())
  const [first, second] = [0, 10].map((from, n) => sampleArchive(n + 1, [from, from + 10], [messageAt(from)]))
  if (first === undefined || second === undefined) throw new Error('There are no archives')
  await store.record(COMMUNITY, [messageAt(5, 'stray')])
  const stop = new AbortController()
  const archives = [
    { archiveId: first.id, batches: [first.messages] },
    { archiveId: second.id, batches: endingWith(second.messages, stop) },
  ]
  const index = [first, second]
  const taken = { archiveId: first.id, messages: 1, added: 1, removed: 1 }
  const request = { communityId: COMMUNITY, importId: IMPORT, index, archives }
  expect(await store.imports.takeOver(request, stop.signal)).toEqual([taken])
  expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set([first.id]))
  expect(store.countMessages(COMMUNITY)).toBe(1)
  const again: readonly TakenOver[] = await takeOver(store, IMPORT, index)
  expect(again).toEqual([taken, { archiveId: second.id, messages: 1, added: 1, removed: 0 }])
})

/** Stops the work that asks for the first of them. */
function* endingWith(messages: readonly Message[], stop: AbortController): Generator<readonly Message[], void> {
  stop.abort()
  yield messages
}
