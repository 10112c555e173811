import { expect, test } from 'vitest'
import { createLocks } from '../../../src/app/locks.ts'
import type { Stores } from '../../../src/app/stores.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { openRunStores } from '../../support/begun-run.ts'
import { COMMUNITY as communityId } from '../../support/community-facts.ts'
import {
  archiveImported,
  fetched,
  importFinished,
  importId,
  importStarted,
  member,
} from '../../support/member-facts.ts'
import { createTestMemberWishes } from '../../support/member-parts.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { messageAt, sampleArchive, takeOver } from '../../support/sample-archive.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const OWN = Array.from({ length: 50 }, (_, n) => messageAt(n, `own ${n}`))
const now = (): UnixMillis => 0 as UnixMillis

/** A member whose import has removed all that it had itself. */
async function importOverOwn(): Promise<Stores> {
  const { stores } = await openRunStores(createTemporaryFolder())
  await stores.messages.record(communityId, OWN)
  const archive = sampleArchive(1, [0, 100], [messageAt(7, 'canonical')])
  const taken = await takeOver(stores.messages, importId(1), [archive], { communityId })
  expect(taken).toMatchObject([{ removed: OWN.length }])
  await recordFacts(stores.log, [
    ...member,
    ...fetched(1),
    importStarted(1),
    archiveImported(1, 1),
    importFinished(1, 1),
  ])
  return stores
}

test('an import is not undone while the next begins: what it removed is gone then, and nothing is told to be back', async () => {
  const stores = await importOverOwn()
  const importLocks = createLocks<CommunityId>()
  const { undoImport } = createTestMemberWishes(stores, now, { importLocks })
  const mayBegin = Promise.withResolvers<void>()
  const next = importLocks.hold(communityId, async () => {
    await mayBegin.promise
    await recordFacts(stores.log, [importStarted(2)])
    await takeOver(stores.messages, importId(2), [], { communityId })
  })
  const undone = undoImport(communityId, metaOf())
  await stores.messages.record(communityId, [messageAt(200)])
  mayBegin.resolve()
  expect(await undone).toMatchObject({ ok: false, error: { type: 'ImportRunning' } })
  await next
  expect(stores.messages.countMessages(communityId)).toBe(2)
  // It does not wait for an import that runs.
  const end = Promise.withResolvers<void>()
  const running = importLocks.hold(communityId, async () => end.promise)
  expect(await undoImport(communityId, metaOf())).toMatchObject({ ok: false, error: { type: 'ImportRunning' } })
  end.resolve()
  await running
})

test('the next import waits for one that is undone, and finds all of it back', async () => {
  const stores = await importOverOwn()
  const locks = createLocks<CommunityId>()
  const asked = Promise.withResolvers<void>()
  const importLocks: Pick<typeof locks, 'hold'> = {
    async hold(key, work) {
      const held = locks.hold(key, work)
      asked.resolve()
      return held
    },
  }
  const undone = createTestMemberWishes(stores, now, { importLocks }).undoImport(communityId, metaOf())
  await asked.promise
  await locks.hold(communityId, async () => takeOver(stores.messages, importId(2), [], { communityId }))
  expect(await undone).toMatchObject({ ok: true })
  expect(stores.messages.countMessages(communityId)).toBe(OWN.length + 1)
})

test('asking for an import that runs has it go on at once where it waits as it failed', async () => {
  const { stores } = await openRunStores(createTemporaryFolder())
  await recordFacts(stores.log, [...member, ...fetched(1), importStarted(1)])
  const hastened: CommunityId[] = []
  const wishes = createTestMemberWishes(stores, now, { hastenImport: (community) => void hastened.push(community) })
  const asked = await wishes.importArchives(communityId, metaOf())
  expect(asked).toMatchObject({ ok: false, error: { type: 'ImportRunning', importId: importId(1) } })
  expect(hastened).toEqual([communityId])
})
