import { hash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLearnLinks, type LearnLinks } from '../../../src/app/following/learn-links.ts'
import {
  createRefusedLinkCounts,
  REFUSAL_PAUSE_MS,
  type RefusedLinkCounts,
} from '../../../src/app/following/refused-links.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { LinkRefusalCode } from '../../../src/domain/failure-codes.ts'
import { announcementText, magnetUriOf, type Clock, type MagnetUri } from '../../../src/domain/magnet.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { webSourcesOf } from '../../../src/domain/web-seed.ts'
import type { FollowedLink } from '../../../src/following/read-link.ts'
import { openKeyStore, type KeyStore } from '../../../src/identity/key-store.ts'
import { readFollows } from '../../../src/projections/follows.ts'
import { infoHash } from '../../support/community-facts.ts'
import { URL_A } from '../../support/member-facts.ts'
import { createMovableClock, type MovableClock } from '../../support/movable-clock.ts'
import { openNode, type OpenNode } from '../../support/open-node.ts'
import { addCommunity, metaOf } from '../../support/sample-wishes.ts'
import { valueOf } from '../../support/value-of.ts'
import { foreignCommunity } from '../../support/weekly-history.ts'

const NOW = 1_800_000_000_000

interface Learning extends OpenNode {
  readonly communityId: CommunityId
  /** Of the community, where that is native. */
  readonly keys: KeyStore
  readonly wallClock: MovableClock
  readonly learn: LearnLinks
  readonly refused: RefusedLinkCounts
  /** A link that a node signed, the community's own where nothing else is said. */
  announce(
    n: number,
    fields?: { readonly by?: KeyStore; readonly clock?: number; readonly tracker?: string },
  ): Promise<FollowedLink>
  /** Has the node that is followed tell of a link. */
  hear(link: FollowedLink): Promise<'TAKEN' | 'REFUSED'>
  /** What is recorded of links, in order. */
  told(): Promise<readonly string[]>
}

/** A member of a community that follows one node. */
async function openLearning(of: 'NATIVE' | 'FOREIGN'): Promise<Learning> {
  const node = openNode({ now: () => NOW as UnixMillis })
  const keys = await openKeyStore(join(node.folder, 'keys'))
  const communityId = of === 'NATIVE' ? await keys.createCommunity() : foreignCommunity(1)
  valueOf(await node.execute(addCommunity(communityId, { role: 'MEMBER', archiving: true }), metaOf()))
  valueOf(await node.execute({ type: 'FollowNode', communityId, url: URL_A, nodeKey: null }, metaOf()))
  const refused = createRefusedLinkCounts()
  const wallClock = createMovableClock(NOW as UnixMillis)
  const learn = createLearnLinks({
    execute: node.execute,
    rules: { allowPrivate: false, resolve: async () => ['203.0.113.7'] },
    refused,
    now: wallClock.now,
    logRefused: () => undefined,
  })
  return {
    ...node,
    communityId,
    keys,
    wallClock,
    learn,
    refused,
    async announce(n, { by = keys, clock: at = n, tracker } = {}) {
      const clock = at as Clock
      const sources = webSourcesOf('https://seed.example', infoHash(n))
      const magnetUri = magnetUriOf(infoHash(n), communityId, tracker === undefined ? [] : [tracker], sources)
      const proof = valueOf(await by.sign(communityId, announcementText(communityId, clock, magnetUri)))
      return { announcement: { communityId, clock, magnetUri, ...proof }, cursor: `cursor-${n}` }
    },
    async hear(link) {
      const [follow] = await readFollows(node.db, [communityId])
      if (follow === undefined) throw new Error('No node is followed')
      return learn.fromNode(link, follow)
    },
    told: async () =>
      (await node.facts()).flatMap((fact) => {
        if (fact.type === 'MagnetlinkReceived') return [`RECEIVED ${Number.parseInt(fact.data.infoHash, 16)}`]
        if (fact.type === 'MagnetlinkRefused') return [`REFUSED ${fact.data.code} ${fact.data.clock}`]
        return fact.type === 'NodeKeyPinned' ? ['PINNED'] : []
      }),
  }
}

async function otherKeys(node: OpenNode): Promise<KeyStore> {
  return openKeyStore(join(node.folder, 'other-keys'))
}

describe('a link from a node that is followed', () => {
  test('is believed where it is newer, in the name of who signed it, with where it stands there', async () => {
    const node = await openLearning('NATIVE')
    expect(await node.hear(await node.announce(2))).toBe('TAKEN')
    expect(await node.hear(await node.announce(1))).toBe('TAKEN')
    expect(await node.hear(await node.announce(2))).toBe('TAKEN')
    expect(await node.told()).toEqual(['RECEIVED 2'])
    const received = (await node.recorded()).at(-1)
    expect(received).toMatchObject({
      actor: `peer:${node.communityId.slice(2)}`,
      event: { data: { origin: { type: 'FOLLOWED', url: URL_A, cursor: 'cursor-2' } } },
    })
    expect(await readFollows(node.db, [node.communityId])).toMatchObject([{ cursor: 'cursor-2' }])
  })

  test('is recorded as what is used of it, never as what the node wrote, and with what proves that', async () => {
    const node = await openLearning('NATIVE')
    const { announcement, cursor } = await node.announce(1, { tracker: 'udp://t.example:1337/announce' })
    const { communityId, clock } = announcement
    const seed = `https://seed.example/seed/${infoHash(1)}`
    const sources = `&tr=udp://t.example:1337/announce&xs=${seed}.torrent&ws=${seed}/&as=https://Jane.example`
    const written = `magnet:?dn=Jane%20Doe${sources}&xt=urn:btih:${infoHash(1)}&x.note=free`
    const text = announcementText(communityId, clock, written as MagnetUri)
    const proof = valueOf(await node.keys.sign(communityId, text))
    const link = { announcement: { communityId, clock, magnetUri: written as MagnetUri, ...proof }, cursor }
    expect(await node.hear(link)).toBe('TAKEN')
    const received = (await node.recorded()).at(-1)
    expect(received).toMatchObject({
      event: {
        data: {
          magnetUri: announcement.magnetUri,
          proof: { ...proof, signedTextSha256: hash('sha256', text) },
        },
      },
    })
    expect(JSON.stringify(await node.recorded())).not.toMatch(/Jane|free/)
    // What is written like that itself is proven by the record alone.
    await node.hear(await node.announce(2))
    expect((await node.recorded()).at(-1)).toMatchObject({ event: { data: { proof: { signedTextSha256: null } } } })
  })

  test('is refused where the signature is not right: recorded once, and counted', async () => {
    const node = await openLearning('NATIVE')
    for (const n of [1, 2, 3]) {
      const { announcement, cursor } = await node.announce(n)
      const signature = '00'.repeat(64)
      expect(await node.hear({ announcement: { ...announcement, signature }, cursor })).toBe('REFUSED')
    }
    expect(await node.told()).toEqual(['REFUSED SIGNATURE_INVALID 1'])
    expect(node.refused.count(node.communityId, 'SIGNATURE_INVALID')).toBe(3)
    // After one that is believed, the next refusal is news again, but not within the hour.
    await node.hear(await node.announce(4))
    for (const n of [5, 6]) {
      const { announcement, cursor } = await node.announce(n)
      await node.hear({ announcement: { ...announcement, signature: '00'.repeat(64) }, cursor })
      node.wallClock.advanceBy(REFUSAL_PAUSE_MS)
    }
    expect((await node.told()).slice(1)).toEqual(['RECEIVED 4', 'REFUSED SIGNATURE_INVALID 6'])
    expect(node.refused.count(node.communityId, 'SIGNATURE_INVALID')).toBe(5)
  })

  test.each<readonly [LinkRefusalCode, Parameters<Learning['announce']>[1]]>([
    ['CLOCK_AHEAD', { clock: NOW + 86_400_001 }],
    ['CLOCK_CONFLICT', { clock: 1 }],
    ['ADDRESS_REFUSED', { tracker: 'http://127.0.0.1:80/announce' }],
  ])('is refused as %s', async (code, fields) => {
    const node = await openLearning('NATIVE')
    await node.hear(await node.announce(1))
    const link = await node.announce(2, fields)
    expect(await node.hear(link)).toBe('REFUSED')
    expect(await node.told()).toEqual(['RECEIVED 1', `REFUSED ${code} ${link.announcement.clock}`])
    expect(node.refused.count(node.communityId, code)).toBe(1)
  })

  test('pins the first key of a foreign community, and no other is believed after', async () => {
    const node = await openLearning('FOREIGN')
    const others = await otherKeys(node)
    expect(await node.hear(await node.announce(1))).toBe('TAKEN')
    expect(await node.hear(await node.announce(2, { by: others }))).toBe('REFUSED')
    expect(await node.hear(await node.announce(3))).toBe('TAKEN')
    expect(await node.told()).toEqual(['PINNED', 'RECEIVED 1', 'REFUSED SIGNER_UNKNOWN 2', 'RECEIVED 3'])
  })

  test('tells nothing where the node is not followed any more by then', async () => {
    const node = await openLearning('NATIVE')
    const { communityId } = node
    const [follow] = await readFollows(node.db, [communityId])
    if (follow === undefined) throw new Error('No node is followed')
    valueOf(await node.execute({ type: 'UnfollowNode', communityId, url: URL_A }, metaOf()))
    expect(await node.learn.fromNode(await node.announce(1), follow)).toBe('TAKEN')
    expect(await node.told()).toEqual([])
  })
})

test('a link from the distributed hash table is believed by the key of the community', async () => {
  const node = await openLearning('NATIVE')
  const link = { communityId: node.communityId, clock: 1 as Clock, infoHash: infoHash(1), signature: 'ab'.repeat(64) }
  expect(await node.learn.fromTable(link)).toMatchObject({ ok: true })
  expect(await node.learn.fromTable({ ...link, infoHash: infoHash(2) })).toMatchObject({
    ok: false,
    error: { type: 'ClockConflict' },
  })
  expect(await node.told()).toEqual(['RECEIVED 1', 'REFUSED CLOCK_CONFLICT 1'])
})
