import { describe, expect, test } from 'vitest'
import type { DomainEvent } from '../../src/domain/events.ts'
import {
  readDownloadsToRun,
  readFetching,
  readImportable,
  readImportsToRun,
  readLinksToFetch,
} from '../../src/projections/read-fetching.ts'
import * as community from '../support/community-facts.ts'
import * as facts from '../support/member-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'

const { COMMUNITY } = community
const { member, fetching, fetched } = facts

const OFF: readonly (readonly [what: string, off: readonly DomainEvent[]])[] = [
  ['was left', [community.communityLeft]],
  ['opted out', [community.archivingDisabled]],
  ['is not to be seeded', [community.seedingWithdrawn]],
  ['is switched off with all', [{ type: 'ProtocolDisabled', data: {} }]],
  ['has no network', [{ type: 'NodeWentOffline', data: {} }]],
  ['is the own one by now', [community.communityLeft, community.communityAdded(), community.archivingEnabled]],
]

test('a community of a member fetches', async () => {
  const db = await projected(member, fetched(1), facts.importStarted(1), facts.magnetlinkReceived(2))
  expect([...(await readFetching(db)).keys()]).toEqual([COMMUNITY])
})

test.each(OFF)('a community that %s fetches and imports nothing', async (_what, off) => {
  const db = await projected(member, fetched(1), facts.importStarted(1), fetching(2), facts.magnetlinkReceived(3), off)
  expect((await readFetching(db)).size).toBe(0)
  for (const read of [readLinksToFetch, readDownloadsToRun, readImportsToRun, readImportable]) {
    expect(await read(db)).toEqual([])
  }
})

describe('a link', () => {
  const received = facts.magnetlinkReceived(1)

  test('is to be fetched, because of the event that told of it', async () => {
    expect(await readLinksToFetch(await projected(member, received))).toEqual([
      { communityId: COMMUNITY, receivedAt: recordedAt(4), cause: eventId(4), correlationId: correlationId(4) },
    ])
  })

  test.each<readonly [string, readonly DomainEvent[], boolean]>([
    ['it is being fetched', fetching(1), false],
    ['it was fetched', fetched(1), false],
    ['an operator cancelled it', [...fetching(1), facts.downloadCancelled(1, 'REQUESTED')], false],
    ['leaving ended it', [...fetching(1), facts.downloadCancelled(1, 'LEFT')], true],
    ['an older one is being fetched', [...fetching(1), facts.magnetlinkReceived(2)], true],
    ['an older one was fetched', [...fetched(1), facts.magnetlinkReceived(2)], true],
    [
      'an older one was cancelled',
      [...fetching(1), facts.downloadCancelled(1, 'REQUESTED'), facts.magnetlinkReceived(2)],
      true,
    ],
    [
      'it names other trackers than what is being fetched',
      [...fetching(1), facts.magnetlinkReceived(1, 2, ['udp://b.example:1'])],
      true,
    ],
    [
      'it names other trackers than what was fetched',
      [...fetched(1), facts.magnetlinkReceived(1, 2, ['udp://b.example:1'])],
      false,
    ],
  ])('where %s', async (_what, after, isToBeFetched) => {
    expect(await readLinksToFetch(await projected(member, ...after))).toHaveLength(isToBeFetched ? 1 : 0)
  })
})

describe('archives', () => {
  test('can be imported once the download is at its end', async () => {
    expect(await readImportable(await projected(member, fetching(1), facts.archiveDownloaded(1, 1)))).toEqual([])
    const [row] = await readImportable(await projected(member, fetched(1)))
    const cause = { cause: eventId(7), correlationId: correlationId(5) }
    expect(row).toMatchObject({ communityId: COMMUNITY, waiting: 1, imported: 0, newestPosition: 6, ...cause })
  })

  test('are counted by whether they were imported, those in quarantine among what waits', async () => {
    const two = [...fetched(1), ...fetched(2)]
    const imported = [facts.importStarted(1), facts.archiveImported(1, 1), facts.archiveQuarantined(1, 2, 'TOO_LARGE')]
    const [row] = await readImportable(await projected(member, two, imported))
    expect(row).toMatchObject({ waiting: 1, imported: 1, newestPosition: 10 })
    const [all] = await readImportable(await projected(member, two, imported, facts.archiveImported(1, 2)))
    expect(all).toMatchObject({ waiting: 0, imported: 2, newestPosition: 0 })
  })

  test("of a run are nobody else's", async () => {
    const own = [...community.ready, ...community.created(1)]
    expect(await readImportable(await projected(own, community.communityLeft, member))).toEqual([])
  })
})

test('downloads and imports that have not ended are gone on with', async () => {
  const db = await projected(member, fetched(1), facts.importStarted(1), fetching(2))
  expect((await readDownloadsToRun(db)).map(({ downloadId }) => downloadId)).toEqual([facts.downloadId(2)])
  expect((await readImportsToRun(db)).map(({ importId }) => importId)).toEqual([facts.importId(1)])
})
