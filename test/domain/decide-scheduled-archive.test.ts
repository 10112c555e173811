import { describe, test } from 'vitest'
import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import type { CreateScheduledArchive } from '../../src/domain/commands.ts'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import type { ArchiveCreationStarted } from '../../src/domain/events.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import {
  archiveCreationFailed,
  archiveCreationStarted,
  archivingDisabled,
  at,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  noArchiveCreated,
  ready,
  runId,
  seedingRequested,
  seedingWithdrawn,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY

/** The wish for run n, at the end of its week. */
function tick(n: number, wish: Partial<CreateScheduledArchive> = {}): CreateScheduledArchive {
  const known = { now: at(n), oldestMessageAt: at(0), oldestLateAt: null, protocolEnabled: true }
  return { type: 'CreateScheduledArchive', communityId, runId: runId(n), ...known, ...wish }
}

/** Run n over some weeks. */
function runOver(n: number, from: UnixSeconds, to: UnixSeconds): ArchiveCreationStarted {
  const started = archiveCreationStarted(n)
  return { ...started, data: { ...started.data, from, to } }
}

describe('CreateScheduledArchive', () => {
  test('waits for a first message', () => {
    given(ready)
      .when(tick(1, { oldestMessageAt: null }))
      .thenRefused('NoMessagesYet')
  })

  test('packs the first week once the oldest message is a week old', () => {
    given(ready)
      .when(tick(1, { now: (at(1) - 1) as UnixSeconds }))
      .thenRefused({ type: 'NotDueYet', dueAt: at(1) })
    given(ready).when(tick(1)).then(archiveCreationStarted(1))
  })

  test('packs whole weeks alone, and all that have ended', () => {
    const now = (at(5) - 1) as UnixSeconds
    given(ready, created(1))
      .when(tick(2, { now }))
      .then(runOver(2, at(1), at(4)))
  })

  test('waits for the community’s own interval', () => {
    const settings = { ...defaultSettings, intervalSeconds: 3 * PARTITION_SECONDS }
    const changed = { type: 'SettingsChanged', communityId, data: settings } as const
    given(ready, changed, created(1))
      .when(tick(3))
      .thenRefused({ type: 'NotDueYet', dueAt: at(4) })
    given(ready, changed, created(1))
      .when(tick(2, { now: at(4) }))
      .then(runOver(2, at(1), at(4)))
  })

  test('is granted to one of two ticks', () => {
    given(ready, archiveCreationStarted(1))
      .when(tick(1))
      .thenRefused({ type: 'ArchiveCreationRunning', runId: runId(1) })
    given(ready, created(1))
      .when(tick(1))
      .thenRefused({ type: 'NotDueYet', dueAt: at(2) })
    given(ready, archiveCreationStarted(1), noArchiveCreated(1))
      .when(tick(1))
      .thenRefused({ type: 'NotDueYet', dueAt: at(2) })
  })

  test('is due again after a run that failed', () => {
    given(ready, archiveCreationStarted(1), archiveCreationFailed(1, 'DISK_FULL'))
      .when(tick(1))
      .then(archiveCreationStarted(1))
  })

  test.each([
    { barred: 'a community that was left', facts: [communityLeft], refusal: 'CommunityWasLeft' },
    { barred: 'a community that opted out since the tick', facts: [archivingDisabled], refusal: 'ArchivingIsDisabled' },
    { barred: 'a community whose seeding is withdrawn', facts: [seedingWithdrawn], refusal: 'SeedingIsWithdrawn' },
    { barred: 'a member', facts: [communityLeft, communityAdded('MEMBER')], refusal: 'NotControlNode' },
  ] as const)('is refused to $barred', ({ facts, refusal }) => {
    given(ready, ...facts)
      .when(tick(1))
      .thenRefused(refusal)
  })

  test('is refused while the protocol is off, and granted again after a withdrawal is undone', () => {
    given(ready)
      .when(tick(1, { protocolEnabled: false }))
      .thenRefused('ProtocolIsDisabled')
    given(ready, seedingWithdrawn, seedingRequested).when(tick(1)).then(archiveCreationStarted(1))
  })

  test('packs late messages alone where a clock that ran ahead left no other range', () => {
    given(ready, created(9))
      .when(tick(10, { now: at(3) }))
      .thenRefused({ type: 'NotDueYet', dueAt: at(10) })
    given(ready, created(9))
      .when(tick(10, { now: at(3), oldestLateAt: at(2) }))
      .then(runOver(10, at(9), at(9)))
  })
})
