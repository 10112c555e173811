import { describe, test } from 'vitest'
import type { DispatchMagnetlink } from '../../src/domain/commands.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import {
  announcement,
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  magnetlinkDispatched,
  ready,
  seedingFailed,
  seedingRequested,
  seedingStarted,
  seedingWithdrawn,
  served,
  unseeded,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

function dispatch(n: number, clock: number, occasion: DispatchMagnetlink['occasion'] = 'FIRST'): DispatchMagnetlink {
  return { type: 'DispatchMagnetlink', communityId: COMMUNITY, ...announcement(n, clock), occasion }
}

const dispatched = [ready, served(1), magnetlinkDispatched(1, 1000)]

describe('the first dispatch of a torrent', () => {
  test('tells the community of what is served', () => {
    given(ready, served(1)).when(dispatch(1, 1000)).then(magnetlinkDispatched(1, 1000))
  })

  test('changes nothing where it was dispatched, whatever the clock', () => {
    given(...dispatched)
      .when(dispatch(1, 2000))
      .then()
    given(...dispatched)
      .when(dispatch(1, 1))
      .then()
  })

  test('changes nothing where it was dispatched and is not served now', () => {
    given(...dispatched, unseeded(1, 'OFFLINE'))
      .when(dispatch(1, 2000))
      .then()
  })

  test('does not come again after a leave', () => {
    given(...dispatched, communityLeft, communityAdded(), archivingEnabled, seedingStarted(1))
      .when(dispatch(1, 2000))
      .then()
  })

  test('is owed by a member that became the control node', () => {
    given(communityAdded('MEMBER'), archivingEnabled, served(1), communityLeft, communityAdded(), archivingEnabled)
      .when(dispatch(1, 1000))
      .then(magnetlinkDispatched(1, 1000))
  })

  test('comes with a higher clock for the next torrent', () => {
    given(...dispatched, served(2))
      .when(dispatch(2, 1001))
      .then(magnetlinkDispatched(2, 1001))
  })
})

describe('dispatching again', () => {
  test('tells it with a higher clock', () => {
    given(...dispatched)
      .when(dispatch(1, 1001, 'AGAIN'))
      .then(magnetlinkDispatched(1, 1001))
  })

  test.each([999, 1000])('is refused with clock %i after 1000', (clock) => {
    given(...dispatched)
      .when(dispatch(1, clock, 'AGAIN'))
      .thenRefused({ type: 'ClockNotHigher', last: 1000 as Clock })
  })

  test('is refused for a torrent in its grace', () => {
    given(...dispatched, served(2))
      .when(dispatch(1, 1001, 'AGAIN'))
      .thenRefused('TorrentNotServed')
  })
})

describe.each(['FIRST', 'AGAIN'] as const)('dispatching, %s', (occasion) => {
  test.each([
    { state: 'not served yet', facts: [created(1)] },
    { state: 'failed', facts: [served(1), [seedingFailed(1, 'TIMED_OUT')]] },
    { state: 'dropped', facts: [served(1), [unseeded(1, 'OFFLINE')]] },
    { state: 'paused and not served again', facts: [served(1), [unseeded(1, 'REQUESTED'), seedingRequested]] },
    { state: 'unknown', facts: [] },
  ])('is refused where the torrent is $state', ({ facts }) => {
    given(ready, ...facts)
      .when(dispatch(1, 2000, occasion))
      .thenRefused('TorrentNotServed')
  })

  test('is refused with a clock of before, also after a leave', () => {
    given(...dispatched, communityLeft, communityAdded(), archivingEnabled, served(2))
      .when(dispatch(2, 1000, occasion))
      .thenRefused('ClockNotHigher')
  })

  test('is refused to a member', () => {
    given(communityAdded('MEMBER'), archivingEnabled, served(1))
      .when(dispatch(1, 1000, occasion))
      .thenRefused('NotControlNode')
  })

  test('is refused where it was left', () => {
    given(ready, served(1), communityLeft)
      .when(dispatch(1, 1000, occasion))
      .thenRefused('CommunityWasLeft')
  })

  test('is refused without the community’s opt-in', () => {
    given(ready, served(1), archivingDisabled)
      .when(dispatch(1, 1000, occasion))
      .thenRefused('ArchivingIsDisabled')
  })

  test('is refused while seeding is withdrawn', () => {
    given(ready, served(1), seedingWithdrawn)
      .when(dispatch(1, 1000, occasion))
      .thenRefused('SeedingIsWithdrawn')
  })

  test('is refused for an unknown community', () => {
    given()
      .when(dispatch(1, 1000, occasion))
      .thenRefused('CommunityNotFound')
  })
})
