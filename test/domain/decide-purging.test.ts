import { describe, test } from 'vitest'
import type { CommunityForgotten, CommunityPurged } from '../../src/domain/events.ts'
import {
  archiveCreationStarted,
  archivingEnabled,
  at,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  magnetlinkDispatched,
  packed,
  ready,
  runId,
  served,
  TOPICS,
  unseeded,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import { member, nodeFollowed, URL_A } from '../support/member-facts.ts'

const communityId = COMMUNITY
const purgeCommunity = { type: 'PurgeCommunity', communityId } as const
const purged: CommunityPurged = { type: 'CommunityPurged', communityId, data: {} }

describe('PurgeCommunity', () => {
  test('is refused while the community is here, or a torrent of it is served', () => {
    given(ready, created(1)).when(purgeCommunity).thenRefused('CommunityNotLeft')
    given(ready, served(1), communityLeft).when(purgeCommunity).thenRefused('StillServed')
  })

  test('is granted once, to a community that was left', () => {
    given(ready, served(1), communityLeft, unseeded(1, 'LEFT')).when(purgeCommunity).then(purged)
    given(ready, created(1), communityLeft, purged).when(purgeCommunity).then()
    given(ready, communityLeft).when(purgeCommunity).then()
  })

  test('forgets who is followed, as the tokens for them are forgotten too', () => {
    const left = [member, nodeFollowed(URL_A), communityLeft] as const
    given(...left)
      .when(purgeCommunity)
      .then(purged)
    given(...left, purged)
      .when(purgeCommunity)
      .then()
    given(...left, purged, communityAdded('MEMBER'))
      .when({ type: 'FollowNode', communityId, url: URL_A, nodeKey: null })
      .then(nodeFollowed(URL_A))
    // Who is followed is kept over a leave alone, with the token.
    given(...left, communityAdded('MEMBER'))
      .when({ type: 'FollowNode', communityId, url: URL_A, nodeKey: null })
      .then()
  })

  test('lets the history begin anew, with the oldest message and a file of its own', () => {
    const back = [ready, created(3), communityLeft, purged, communityAdded(), archivingEnabled] as const
    const { data } = archiveCreationStarted(1)
    const begun = { ...archiveCreationStarted(1), data: { ...data, recordedAfter: 0 } }
    const known = { now: at(1), oldestMessageAt: at(0), protocolEnabled: true }
    given(...back)
      .when({ type: 'CreateArchive', communityId, runId: runId(1), from: null, to: null, ...known })
      .then(begun)
    const { from, to, contentTopics, partitionSeconds, recordedAfter } = begun.data
    const archive = packed(1, 0)
    given(...back, begun)
      .when({ type: 'RecordArchiveCreated', communityId, archive })
      .then({
        type: 'ArchiveCreated',
        communityId,
        data: { ...archive, from, to, contentTopics, partitionSeconds, recordedAfter },
      })
  })
})

describe('ForgetCommunity', () => {
  const forgetCommunity = { type: 'ForgetCommunity', communityId } as const
  const forgotten: CommunityForgotten = { type: 'CommunityForgotten', communityId, data: {} }
  const gone = [ready, served(1), magnetlinkDispatched(1, 1000), communityLeft, unseeded(1, 'LEFT'), purged] as const

  test('is refused until the community was left, dropped and purged', () => {
    given().when(forgetCommunity).thenRefused('CommunityNotFound')
    given(ready, created(1)).when(forgetCommunity).thenRefused('CommunityNotLeft')
    given(ready, served(1), communityLeft).when(forgetCommunity).thenRefused('StillServed')
    given(ready, created(1), communityLeft).when(forgetCommunity).thenRefused('CommunityNotPurged')
    given(member, nodeFollowed(URL_A), communityLeft).when(forgetCommunity).thenRefused('CommunityNotPurged')
  })

  test('is granted once, also where there was nothing to purge', () => {
    given(...gone)
      .when(forgetCommunity)
      .then(forgotten)
    given(...gone, forgotten)
      .when(forgetCommunity)
      .then()
    given(ready, communityLeft).when(forgetCommunity).then(forgotten)
  })

  test('lets the community begin anew, and be forgotten again; but its clock stays as high as it was', () => {
    const back = [...gone, forgotten, communityAdded(), ...ready.slice(1)] as const
    const wish = { type: 'AddCommunity', communityId, role: 'CONTROL_NODE', contentTopics: TOPICS } as const
    given(...gone, forgotten)
      .when({ ...wish, archiving: true })
      .then(...ready)
    const low = { ...magnetlinkDispatched(2, 1000).data, occasion: 'FIRST' } as const
    given(...back, created(2), ...served(2).slice(-1))
      .when({ type: 'DispatchMagnetlink', communityId, ...low })
      .thenRefused('ClockNotHigher')
    given(...back, communityLeft)
      .when(forgetCommunity)
      .then(forgotten)
  })
})
