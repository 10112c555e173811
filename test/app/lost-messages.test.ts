import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { countLate } from '../../src/app/schedule/schedules.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { readCommunity } from '../../src/projections/communities.ts'
import { sampleMessages } from '../support/sample-message.ts'
import { addSmallCommunity, archiveSmallCommunity, SENT_AT } from '../support/small-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

async function withStores<Value>(dataDir: string, work: (stores: Stores) => Promise<Value>): Promise<Value> {
  await using closing = new AsyncDisposableStack()
  return await work(valueOf(await openStores(dataDir, closing)))
}

test.each(['lost', 'an old copy'])(
  'messages.db that is %s does not make late messages look as if they were packed',
  async (how) => {
    const dataDir = createTemporaryFolder()
    const file = join(dataDir, 'messages.db')
    const communityId = await withStores(dataDir, async (stores) => addSmallCommunity(stores, 3))
    const copy = join(createTemporaryFolder(), 'copy.db')
    copyFileSync(file, copy)
    const packed = await withStores(dataDir, async (stores) => {
      expect(stores.messagesEndAt).toBeNull()
      await stores.messages.record(communityId, sampleMessages(5, { timestamp: SENT_AT }))
      await archiveSmallCommunity(stores, communityId)
      return (await readCommunity(stores.db, communityId))?.recordedUpTo ?? expect.unreachable()
    })
    for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true })
    if (how === 'an old copy') copyFileSync(copy, file)
    await withStores(dataDir, async (stores) => {
      expect(stores.messagesEndAt).toBe(how === 'lost' ? 0 : 3)
      const late = sampleMessages(2, { timestamp: (SENT_AT - 1) as UnixSeconds })
      await stores.messages.record(communityId, late)
      expect(stores.messages.newestSequence()).toBe(packed + 2)
      const community = (await readCommunity(stores.db, communityId)) ?? expect.unreachable()
      expect(countLate(community, stores.messages)).toBe(2)
    })
  },
)
