import { expect, test } from 'vitest'
import { importIdOf, messageAt, sampleArchive, writeArchive } from '../../support/sample-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'

test('an import ends between two messages when it is to, and comes to the same when it goes on', async () => {
  const { store } = openTemporaryStore(createTemporaryFolder())
  const own = Array.from({ length: 5_000 }, (_, n) => messageAt(n, `own ${n}`))
  await store.record(COMMUNITY, own)
  const archive = sampleArchive(1, [0, own.length], [])
  const { imports } = store
  const stop = new AbortController()
  await imports.begin(COMMUNITY, importIdOf(1), stop.signal)
  await writeArchive(store, importIdOf(1), archive)
  const canonicalise = async (): Promise<number> =>
    imports.canonicalise(COMMUNITY, importIdOf(1), archive.id, [archive], stop.signal)
  const brokenOff = canonicalise()
  // One who shares its first transaction.
  await store.record(COMMUNITY, [messageAt(own.length + 1)])
  stop.abort()
  await brokenOff
  const left = store.countMessages(COMMUNITY)
  expect(left).toBeGreaterThan(1)
  expect(left).toBeLessThan(own.length)
  await imports.begin(COMMUNITY, importIdOf(1))
  expect(await imports.canonicalise(COMMUNITY, importIdOf(1), archive.id, [archive])).toBe(own.length)
  expect(store.countMessages(COMMUNITY)).toBe(1)
})
