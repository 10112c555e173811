import { describe, test } from 'vitest'
import { MAX_FOLLOWS } from '../../src/domain/decide-links.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import { COMMUNITY, communityAdded, communityLeft, ready } from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import {
  magnetlinkReceived,
  magnetlinkRefused,
  member,
  nodeFollowed,
  nodeKeyPinned,
  nodeUnfollowed,
  URL_A,
  URL_B,
} from '../support/member-facts.ts'

const communityId = COMMUNITY
const leaveAndBack = [communityLeft, communityAdded('MEMBER')]
const [key, otherKey] = [{ publicKey: 'e5'.repeat(32) }, { publicKey: 'ab'.repeat(32) }]

describe('RecordMagnetlinkRefused', () => {
  function refuse(code: 'CLOCK_AHEAD' | 'SIGNATURE_INVALID') {
    return { type: 'RecordMagnetlinkRefused', communityId, code, clock: null, origin: 'SUBMITTED' } as const
  }

  test('tells the first for each reason since a link was believed', () => {
    given(member).when(refuse('CLOCK_AHEAD')).then(magnetlinkRefused('CLOCK_AHEAD'))
    given(member, magnetlinkRefused('CLOCK_AHEAD')).when(refuse('CLOCK_AHEAD')).then()
    given(member, magnetlinkRefused('CLOCK_AHEAD'))
      .when(refuse('SIGNATURE_INVALID'))
      .then(magnetlinkRefused('SIGNATURE_INVALID'))
    given(member, magnetlinkRefused('CLOCK_AHEAD'), magnetlinkReceived(1))
      .when(refuse('CLOCK_AHEAD'))
      .then(magnetlinkRefused('CLOCK_AHEAD'))
  })

  test('tells nothing of a control node, nor after a leave', () => {
    given(ready).when(refuse('CLOCK_AHEAD')).thenRefused('NotMember')
    given(member, communityLeft).when(refuse('CLOCK_AHEAD')).thenRefused('CommunityWasLeft')
  })
})

describe('FollowNode and UnfollowNode', () => {
  function follow(url: FollowUrl, nodeKey: string | null = null) {
    return { type: 'FollowNode', communityId, url, nodeKey } as const
  }
  function unfollow(url: FollowUrl) {
    return { type: 'UnfollowNode', communityId, url } as const
  }
  const pinned = nodeKeyPinned(URL_A, key.publicKey)

  test('follow once; a key that is pinned stays where none is named, and gives way to another', () => {
    given(member).when(follow(URL_A)).then(nodeFollowed(URL_A))
    given(member, nodeFollowed(URL_A)).when(follow(URL_A)).then()
    given(member, nodeFollowed(URL_A), pinned).when(follow(URL_A)).then()
    given(member, nodeFollowed(URL_A), pinned).when(follow(URL_A, key.publicKey)).then()
    given(member, nodeFollowed(URL_A), pinned)
      .when(follow(URL_A, otherKey.publicKey))
      .then(nodeFollowed(URL_A, otherKey.publicKey))
  })

  test('at most so many; what is followed can be followed anew', () => {
    const urls = Array.from({ length: MAX_FOLLOWS }, (_, n) => `wss://${n}.example/` as FollowUrl)
    const followed = urls.map((url) => nodeFollowed(url))
    given(member, followed.slice(1)).when(follow(URL_A)).then(nodeFollowed(URL_A))
    given(member, followed).when(follow(URL_A)).thenRefused({ type: 'TooManyFollows', limit: MAX_FOLLOWS })
    given(member, followed)
      .when(follow(urls[0] as FollowUrl, key.publicKey))
      .then(nodeFollowed(urls[0] as FollowUrl, key.publicKey))
  })

  test('unfollow once', () => {
    given(member, nodeFollowed(URL_A)).when(unfollow(URL_A)).then(nodeUnfollowed(URL_A))
    given(member, nodeFollowed(URL_A)).when(unfollow(URL_B)).then()
  })

  test('keep who is followed, and by which key, over a leave', () => {
    given(member, nodeFollowed(URL_A), pinned, leaveAndBack).when(follow(URL_A, key.publicKey)).then()
  })

  test.each([follow(URL_A), unfollow(URL_A)])('is refused to a control node, and after a leave: $type', (command) => {
    given(ready).when(command).thenRefused('NotMember')
    given(member, communityLeft).when(command).thenRefused('CommunityWasLeft')
  })
})
