import { describe, expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { AnnounceUrl } from '../../src/domain/announce-url.ts'
import { createCommunityFold } from '../../src/audit/fold-community.ts'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { canonicalJson } from '../../src/events/canonical-json.ts'
import { countArchives } from '../../src/projections/archives.ts'
import {
  countCommunities,
  readCommunities,
  readCommunity,
  type CommunityPage,
} from '../../src/projections/communities.ts'
import { readSeeding } from '../../src/projections/seeding.ts'
import { readVersions } from '../../src/projections/versions.ts'
import {
  archiveCreationFailed,
  archiveCreationStarted,
  at,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  noArchiveCreated,
  ready,
  seedingWithdrawn,
  TOPICS,
} from '../support/community-facts.ts'
import { projected, recordedAt } from '../support/projected.ts'

function communityId(n: number): CommunityId {
  return `0x${String(n).repeat(64)}` as CommunityId
}

function added(n: number): DomainEvent {
  return { ...communityAdded(), communityId: communityId(n) }
}

describe('a community', () => {
  test('is none before it was added', async () => {
    expect(await readCommunity(await projected(), COMMUNITY)).toBeNull()
  })

  test('is there with its topics and wishes', async () => {
    expect(await readCommunity(await projected(ready), COMMUNITY)).toEqual({
      communityId: COMMUNITY,
      status: 'ADDED',
      role: 'CONTROL_NODE',
      contentTopics: TOPICS,
      archiving: 'ENABLED',
      seeding: 'REQUESTED',
      settings: defaultSettings,
      archivedUpTo: null,
      recordedUpTo: 0,
      failedRuns: null,
      addedAt: recordedAt(1),
      leftAt: null,
      purgedAt: null,
      forgottenAt: null,
    })
  })

  test('is archived up to the end of its last run, an empty one too', async () => {
    const emptyRun = [archiveCreationStarted(2), noArchiveCreated(2)]
    expect(await readCommunity(await projected(ready, created(1)), COMMUNITY)).toMatchObject({ archivedUpTo: at(1) })
    expect(await readCommunity(await projected(ready, created(1), emptyRun), COMMUNITY)).toMatchObject({
      archivedUpTo: at(2),
    })
  })

  test('remembers its settings, and runs that failed one after the other', async () => {
    const settings = {
      ...defaultSettings,
      graceSeconds: 5,
      trackers: ['http://tracker.example/announce' as AnnounceUrl],
    }
    const changed = { type: 'SettingsChanged', communityId: COMMUNITY, data: settings } as const
    const failures = [archiveCreationFailed(1, 'DISK_FULL'), archiveCreationFailed(2, 'INTERRUPTED')]
    const stopped = archiveCreationFailed(3, 'STOPPED')
    expect(await readCommunity(await projected(ready, changed, failures, stopped), COMMUNITY)).toMatchObject({
      settings,
      failedRuns: { count: 2, lastAt: recordedAt(6), code: 'INTERRUPTED' },
    })
    expect(await readCommunity(await projected(ready, failures, created(3)), COMMUNITY)).toMatchObject({
      failedRuns: null,
    })
  })

  test('that was purged has no history, and keeps its settings', async () => {
    const purged = { type: 'CommunityPurged', communityId: COMMUNITY, data: {} } as const
    const failed = [archiveCreationStarted(2), archiveCreationFailed(2, 'FILES_DAMAGED')]
    const past = [...ready, ...[created(1), failed].flat(), communityLeft, purged]
    const db = await projected(past)
    expect(await readCommunity(db, COMMUNITY)).toMatchObject({
      purgedAt: recordedAt(past.length),
      archivedUpTo: null,
      recordedUpTo: 0,
      failedRuns: null,
    })
    const again = await projected(past, communityAdded())
    expect(await readCommunity(again, COMMUNITY)).toMatchObject({ purgedAt: null })
    expect([await readVersions(db), await countArchives(db, COMMUNITY), await readSeeding(db)]).toEqual([[], 0, []])
  })

  test('shows its links to everybody no more where it is added again, and keeps its other settings', async () => {
    const settings = { ...defaultSettings, graceSeconds: 5, publicMagnetlinks: true }
    const changed = { type: 'SettingsChanged', communityId: COMMUNITY, data: settings } as const
    const db = await projected(ready, changed, communityLeft, communityAdded())
    const kept = { ...settings, publicMagnetlinks: null }
    expect((await readCommunity(db, COMMUNITY))?.settings).toEqual(kept)
    const { settings: text } = await db.selectFrom('communities').select('settings').executeTakeFirstOrThrow()
    expect(text).toBe(canonicalJson(kept))
    const facts = [ready, changed, communityLeft, communityAdded()].flat()
    const fold = createCommunityFold()
    for (const [index, fact] of facts.entries()) fold.apply(fact, recordedAt(index))
    expect(fold.state()).toMatchObject({ graceSeconds: 5, publicMagnetlinks: null })
  })

  test('that was left is kept, and its wishes begin anew when it is added again', async () => {
    const left = [ready, created(1), seedingWithdrawn, communityLeft]
    expect(await readCommunity(await projected(...left), COMMUNITY)).toMatchObject({
      status: 'LEFT',
      leftAt: recordedAt(7),
    })
    expect(await readCommunity(await projected(...left, communityAdded('MEMBER')), COMMUNITY)).toEqual({
      communityId: COMMUNITY,
      status: 'ADDED',
      role: 'MEMBER',
      contentTopics: TOPICS,
      archiving: 'DISABLED',
      seeding: 'REQUESTED',
      settings: defaultSettings,
      archivedUpTo: at(1),
      recordedUpTo: 10,
      failedRuns: null,
      addedAt: recordedAt(8),
      leftAt: null,
      purgedAt: null,
      forgottenAt: null,
    })
  })
})

describe('a page of communities', () => {
  const facts = [3, 1, 5, 2, 4].map(added)

  test.each<{ page: CommunityPage; found: readonly number[] }>([
    { page: {}, found: [1, 2, 3, 4, 5] },
    { page: { first: 2 }, found: [1, 2] },
    { page: { last: 2 }, found: [4, 5] },
    { page: { afterId: communityId(2), first: 2 }, found: [3, 4] },
    { page: { beforeId: communityId(4), last: 2 }, found: [2, 3] },
    { page: { afterId: communityId(1), beforeId: communityId(5) }, found: [2, 3, 4] },
    { page: { afterId: communityId(5), first: 2 }, found: [] },
    { page: { first: 0 }, found: [] },
  ])('$page holds $found, in the order of their ids', async ({ page, found }) => {
    const rows = await readCommunities(await projected(facts), page)
    expect(rows.map((row) => row.communityId)).toEqual(found.map(communityId))
  })

  test('is one of so many', async () => {
    expect(await countCommunities(await projected())).toBe(0)
    expect(await countCommunities(await projected(facts))).toBe(5)
  })
})
