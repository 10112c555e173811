import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { BURST } from '../../../src/app/following/paced-links.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { announcementText, magnetUriOf, type Clock } from '../../../src/domain/magnet.ts'
import { answering, openFakeNode, type FakeNode } from '../../support/fake-node.ts'
import { startMemberNode, type JoinedCommunity, type MemberNode } from '../../support/member-node.ts'
import { infoHashNumber } from '../../support/signing-community.ts'
import { foreignCommunity } from '../../support/weekly-history.ts'

const FOLLOW = `mutation ($communityId: CommunityId!, $url: FollowUrl!, $nodeKey: Hex) {
  followNode(communityId: $communityId, url: $url, nodeKey: $nodeKey) { __typename }
}`

interface Keys {
  readonly publicKey: string
  /** The n-th link of a community, as a node sends it. */
  link(communityId: CommunityId, n: number): object
}

function createKeys(): Keys {
  const keys = generateKeyPairSync('ed25519')
  const publicKey = Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
  return {
    publicKey,
    link(communityId, n) {
      const magnetUri = magnetUriOf(infoHashNumber(n), communityId, [])
      const text = announcementText(communityId, n as Clock, magnetUri)
      const signature = sign(null, Buffer.from(text), keys.privateKey).toString('hex')
      const link = { communityId, clock: String(n), magnetUri, publicKey, signature, cursor: `cursor-${n}` }
      return { id: '1', type: 'next', payload: { data: { magnetlinks: link } } }
    },
  }
}

async function openMember(): Promise<MemberNode> {
  const member = await startMemberNode({ SEEDBANK_PRIVATE_ADDRESSES: 'allow', SEEDBANK_SETTLE_SECONDS: '60' })
  onTestFinished(async () => member.stop())
  return member
}

async function follow(
  { api }: MemberNode,
  { communityId }: JoinedCommunity,
  { url }: FakeNode,
  nodeKey: string | null,
): Promise<void> {
  await api.request(FOLLOW, { communityId, url, nodeKey })
}

test('a node that tells of link upon link fills no log, and its newest is known at the end', async () => {
  const [member, keys, communityId, count] = [await openMember(), createKeys(), foreignCommunity(5), 200]
  const links = Array.from({ length: count }, (_, n) => keys.link(communityId, n + 1))
  const community = await member.join(communityId)
  await follow(member, community, await openFakeNode(answering(...links)), keys.publicKey)
  let infoHash: string | undefined
  while (infoHash !== infoHashNumber(count)) ({ infoHash } = await community.until('MagnetlinkReceived'))
  const received = community.told.filter(({ __typename }) => __typename === 'MagnetlinkReceived')
  expect(received.length).toBeLessThanOrEqual(BURST)
})

test('a link whose signer was unknown is believed once his key is given', async () => {
  const [member, wrong, right, communityId] = [await openMember(), createKeys(), createKeys(), foreignCommunity(6)]
  const node = await openFakeNode(answering(right.link(communityId, 1)))
  const community = await member.join(communityId)
  await follow(member, community, node, wrong.publicKey)
  await community.until('MagnetlinkRefused')
  await follow(member, community, node, right.publicKey)
  expect(await community.until('MagnetlinkReceived')).toMatchObject({ infoHash: infoHashNumber(1) })
})
