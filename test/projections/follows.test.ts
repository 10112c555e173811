import { describe, expect, test } from 'vitest'
import { readFollows } from '../../src/projections/follows.ts'
import { COMMUNITY, communityLeft } from '../support/community-facts.ts'
import {
  magnetlinkReceived,
  member,
  nodeFollowed,
  nodeKeyPinned,
  nodeUnfollowed,
  URL_A,
  URL_B,
} from '../support/member-facts.ts'
import { projected, recordedAt } from '../support/projected.ts'
import { communityNumber } from '../support/sample-wishes.ts'

const KEY = 'a1'.repeat(32)

/** A link that a node told of. */
function heardFrom(url: typeof URL_A, cursor: string) {
  const received = magnetlinkReceived(1)
  return { ...received, data: { ...received.data, origin: { type: 'FOLLOWED', url, cursor } } } as const
}

describe('a node', () => {
  test('is followed until it is not, in the order of URLs', async () => {
    const db = await projected(member, nodeFollowed(URL_B, KEY), nodeFollowed(URL_A))
    expect(await readFollows(db)).toEqual([
      { communityId: COMMUNITY, url: URL_A, nodeKey: null, cursor: null, followedAt: recordedAt(5) },
      { communityId: COMMUNITY, url: URL_B, nodeKey: KEY, cursor: null, followedAt: recordedAt(4) },
    ])
    expect(await readFollows(await projected(nodeFollowed(URL_A), nodeUnfollowed(URL_A)))).toEqual([])
  })

  test('is not followed any more once its community was purged, and over a leave alone it is', async () => {
    const other = { ...nodeFollowed(URL_A), communityId: communityNumber(2) }
    const left = [...member, nodeFollowed(URL_A), other, communityLeft]
    expect(await readFollows(await projected(left))).toHaveLength(2)
    const purged = { type: 'CommunityPurged', communityId: COMMUNITY, data: {} } as const
    expect((await readFollows(await projected(left, purged))).map(({ communityId }) => communityId)).toEqual([
      other.communityId,
    ])
  })

  test('has the key that was pinned or given last, and keeps its place', async () => {
    const pinned = [nodeFollowed(URL_A), nodeKeyPinned(URL_A, KEY)]
    expect(await readFollows(await projected(...pinned))).toMatchObject([{ nodeKey: KEY }])
    const again = nodeFollowed(URL_A, 'b2'.repeat(32))
    expect(await readFollows(await projected(...pinned, heardFrom(URL_A, 'c'), again))).toEqual([
      { communityId: COMMUNITY, url: URL_A, nodeKey: 'b2'.repeat(32), cursor: 'c', followedAt: recordedAt(1) },
    ])
  })

  test('is gone on with behind the newest link that it brought itself', async () => {
    const both = [nodeFollowed(URL_A), nodeFollowed(URL_B)]
    const db = await projected(...both, heardFrom(URL_A, 'one'), heardFrom(URL_A, 'two'), magnetlinkReceived(2))
    expect((await readFollows(db)).map(({ cursor }) => cursor)).toEqual(['two', null])
  })

  test('is read of some communities, or of all', async () => {
    const other = { ...nodeFollowed(URL_A), communityId: communityNumber(2) }
    const db = await projected(nodeFollowed(URL_A), other)
    expect(await readFollows(db)).toHaveLength(2)
    expect((await readFollows(db, [COMMUNITY])).map(({ communityId }) => communityId)).toEqual([COMMUNITY])
    expect(await readFollows(db, [])).toEqual([])
  })
})
