import { expect, test } from 'vitest'
import { startMembersLog } from '../../src/app/members-log.ts'
import { COMMUNITY as communityId, communityAdded, archivingEnabled, infoHash } from '../support/community-facts.ts'
import { openRunStores } from '../support/begun-run.ts'
import * as member from '../support/member-facts.ts'
import { recordFacts } from '../support/record-facts.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

test('an operator is told of each download and import, in one line each', async () => {
  const { stores, close } = await openRunStores(createTemporaryFolder())
  await recordFacts(stores.log, [communityAdded('MEMBER'), archivingEnabled, ...member.fetched(1)])
  const lines: unknown[] = []
  const all = Promise.withResolvers<void>()
  const write = (...line: readonly unknown[]): void => {
    if (lines.push(line) === 3) all.resolve()
  }
  const log = { info: write as never, error: write as never }
  const stop = startMembersLog({ events: stores.log, db: stores.db, log })
  const held = [member.archiveDownloaded(2, 1), member.archiveDownloaded(2, 2)]
  await recordFacts(stores.log, [...member.fetching(2), ...held, member.downloadFinished(2)])
  await recordFacts(stores.log, [member.importStarted(1, 2), member.archiveImported(1, 1), member.importFinished(1, 1)])
  await all.promise
  await stop()
  const download = { communityId, infoHash: infoHash(2) }
  expect(lines).toEqual([
    [{ ...download, selection: 'ALL_MISSING' }, 'A download began'],
    [
      {
        ...download,
        heldArchives: 2,
        archives: 2,
        dataBytes: expect.any(Number),
        fetchedArchives: 2,
        seconds: expect.any(Number),
      },
      'A download finished',
    ],
    [{ communityId, imported: 1, quarantined: 0, added: 2, removed: 1 }, 'An import finished'],
  ])
  await close()
})
