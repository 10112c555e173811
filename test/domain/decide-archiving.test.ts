import { describe, test } from 'vitest'
import type { CreateArchive } from '../../src/domain/commands.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import {
  archiveCreationFailed,
  archiveCreationStarted,
  archivingDisabled,
  archivingEnabled,
  at,
  COMMUNITY,
  communityAdded,
  communityLeft,
  contentTopicsChanged,
  created,
  noArchiveCreated,
  ready,
  runId,
  seedingWithdrawn,
  served,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY

/** The wish for run n, at the end of its week, with everything left open that can be. */
function createArchive(n: number, wish: Partial<CreateArchive> = {}): CreateArchive {
  const open = { from: null, to: null, now: at(n), oldestMessageAt: at(0), protocolEnabled: true }
  return { type: 'CreateArchive', communityId, runId: runId(n), ...open, ...wish }
}

describe('CreateArchive', () => {
  test('begins at the oldest message, ends now, and takes the topics of the day', () => {
    given(ready).when(createArchive(1)).then(archiveCreationStarted(1))
  })

  test('goes on where the last run ended, whatever messages came late', () => {
    given(ready, created(1))
      .when(createArchive(2, { oldestMessageAt: at(-1) }))
      .then(archiveCreationStarted(2))
  })

  test('goes on where an empty run ended', () => {
    given(ready, archiveCreationStarted(1), noArchiveCreated(1)).when(createArchive(2)).then(archiveCreationStarted(2))
  })

  test('takes the range of a failed run again', () => {
    given(ready, archiveCreationStarted(1), archiveCreationFailed(1, 'DISK_FULL'))
      .when({ ...createArchive(1), to: at(1), now: at(3) })
      .then(archiveCreationStarted(1))
  })

  test('goes on after a leave where the last run ended', () => {
    given(ready, served(1), communityLeft, communityAdded(), archivingEnabled)
      .when(createArchive(2))
      .then(archiveCreationStarted(2))
  })

  test('is granted while seeding is withdrawn: only the schedule waits', () => {
    given(ready, seedingWithdrawn).when(createArchive(1)).then(archiveCreationStarted(1))
  })

  test('may reach back before the oldest message, the first time', () => {
    given(ready)
      .when(createArchive(1, { from: at(0), oldestMessageAt: (at(0) + 100) as UnixSeconds }))
      .then(archiveCreationStarted(1))
  })

  test('is refused from a later time than the oldest message', () => {
    given(ready)
      .when(createArchive(2, { from: at(1) }))
      .thenRefused({ type: 'RangeNotNext', expectedFrom: at(0) })
  })

  test.each([at(0), at(2)])('is refused from %i, which is not the end of the last run', (from) => {
    given(ready, created(1))
      .when(createArchive(3, { from }))
      .thenRefused({ type: 'RangeNotNext', expectedFrom: at(1) })
  })

  test('is refused without a message to begin at', () => {
    given(ready)
      .when(createArchive(1, { oldestMessageAt: null }))
      .thenRefused('NoMessagesYet')
  })

  test('is refused where nothing has passed since the last run', () => {
    given(ready, created(1))
      .when({ ...createArchive(2), now: at(1) })
      .thenRefused({ type: 'RangeEmpty', from: at(1), to: at(1) })
  })

  test('is refused beyond now', () => {
    given(ready)
      .when(createArchive(1, { to: at(2) }))
      .thenRefused({ type: 'RangeInFuture', now: at(1) })
  })

  test('is refused while another run is under way', () => {
    given(ready, archiveCreationStarted(1))
      .when(createArchive(2))
      .thenRefused({ type: 'ArchiveCreationRunning', runId: runId(1) })
  })

  test('is refused to a member', () => {
    given(communityAdded('MEMBER'), contentTopicsChanged(), archivingEnabled)
      .when(createArchive(1))
      .thenRefused('NotControlNode')
  })

  test('is refused without the community’s opt-in', () => {
    given(ready, archivingDisabled).when(createArchive(1)).thenRefused('ArchivingIsDisabled')
  })

  test('is refused while the node’s switch is off', () => {
    given(ready)
      .when(createArchive(1, { protocolEnabled: false }))
      .thenRefused('ProtocolIsDisabled')
  })

  test('is refused without topics', () => {
    given(communityAdded(), archivingEnabled).when(createArchive(1)).thenRefused('NoContentTopics')
  })

  test('is refused where it was left', () => {
    given(ready, communityLeft).when(createArchive(1)).thenRefused('CommunityWasLeft')
  })

  test('is refused for an unknown community', () => {
    given().when(createArchive(1)).thenRefused('CommunityNotFound')
  })
})
