import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { wantedTorrents, type Community, type KnownCommunity } from '../../src/domain/community.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { keysIn, valueIn } from '../../src/domain/shared-map.ts'
import { readCommunity } from '../../src/projections/communities.ts'
import { readServedTorrents, readLastClock } from '../../src/projections/magnetlinks.ts'
import { readNode } from '../../src/projections/nodes.ts'
import { PARKABLE_REACTORS } from '../../src/domain/new-chance.ts'
import { readLeftAlone, readParked } from '../../src/projections/parked.ts'
import { readRunningRuns } from '../../src/projections/runs.ts'
import { readCommunitySeeding, readSeeding, type SeedingRole } from '../../src/projections/seeding.ts'
import { readTokens } from '../../src/projections/tokens.ts'
import { readVersions } from '../../src/projections/versions.ts'
import { readWebhooks } from '../../src/projections/webhooks.ts'
import { nodeLife, type NodeLife } from '../support/node-play.ts'
import { projected } from '../support/projected.ts'

type ReadModelsDb = Awaited<ReturnType<typeof projected>>

test('what the read models say, at the end of any life, is what the domain makes of it', async () => {
  await fc.assert(
    fc.asyncProperty(nodeLife, async (life) => {
      // To project a life takes longer than to look at it from all sides.
      const db = await projected(life.appends.flatMap(({ events }) => events))
      await expectNode(db, life)
      await expectCommunities(db, life)
      await expectRunningRuns(db, life)
      await expectNewestVersions(db, life)
      await expectParts(db, life)
      await expectWantedTorrents(db, life)
      await expectToldTorrents(db, life)
      await expectParked(db, life)
      await db.destroy()
    }),
    { numRuns: 150 },
  )
})

function knownOf({ communities }: NodeLife): readonly (readonly [CommunityId, KnownCommunity])[] {
  return [...communities].flatMap(([id, community]) => (community.status === 'UNKNOWN' ? [] : [[id, community]]))
}

/** The node, the tokens to it and its webhooks. */
async function expectNode(db: ReadModelsDb, { node: { tokens, webhooks, ...node } }: NodeLife): Promise<void> {
  expect(await readNode(db)).toMatchObject(node)
  const rows = (await readTokens(db)).map(({ tokenId, role, communityIds, expiresAt, revokedAt }) => {
    expect(valueIn(tokens, tokenId)).toEqual({ role, communityIds, expiresAt, isRevoked: revokedAt !== null })
    return tokenId
  })
  expect(new Set(rows)).toEqual(new Set(keysIn(tokens)))
  const told = (await readWebhooks(db)).map(({ webhookId, communityId }) => ({ webhookId, communityId }))
  expect(new Set(told)).toEqual(new Set(webhooks))
}

/** Membership, topics, wishes and the archived range of each community. */
async function expectCommunities(db: ReadModelsDb, life: NodeLife): Promise<void> {
  for (const [id, community] of knownOf(life)) {
    const { status, role, contentTopics, archiving, seeding, archivedUpTo } = community
    const expected = { status, role, contentTopics, archiving, seeding, archivedUpTo }
    expect(await readCommunity(db, id)).toMatchObject(expected)
  }
}

/** The runs that have not ended. */
async function expectRunningRuns(db: ReadModelsDb, life: NodeLife): Promise<void> {
  const expected = knownOf(life).flatMap(([communityId, { run }]) => (run === null ? [] : [{ communityId, ...run }]))
  const running = await readRunningRuns(db)
  expect(running).toHaveLength(expected.length)
  expect(running).toEqual(expect.arrayContaining(expected.map((run): unknown => expect.objectContaining(run))))
}

/** The newest version and the highest clock. */
async function expectNewestVersions(db: ReadModelsDb, life: NodeLife): Promise<void> {
  for (const [id, { torrents, data, lastClock }] of knownOf(life)) {
    const newest = (await readVersions(db)).findLast(({ communityId }) => communityId === id)
    expect(newest?.infoHash ?? null).toBe(torrents.newest)
    expect(newest?.generation ?? 0).toBe(data.generation)
    expect(newest?.dataBytes ?? 0).toBe(data.sizeBytes)
    expect(await readLastClock(db, id)).toBe(lastClock)
  }
}

/** The part of each torrent, and whether it is served, failed or waits. */
async function expectParts(db: ReadModelsDb, life: NodeLife): Promise<void> {
  for (const [id, community] of knownOf(life)) {
    const rows = await readCommunitySeeding(db, id)
    const parts = rows.map(({ infoHash, role, state, code }) => ({ infoHash, role, state, code }))
    expect(new Set(parts)).toEqual(new Set(partsOf(community)))
  }
}

/** Which torrents are wanted. */
async function expectWantedTorrents(db: ReadModelsDb, life: NodeLife): Promise<void> {
  const isOn = life.node.protocol === 'ENABLED' && life.node.network === 'ONLINE'
  const rows = await readSeeding(db)
  for (const [id, community] of knownOf(life)) {
    const wanted = rows.filter((row) => row.communityId === id && row.wanted).map(({ infoHash }) => infoHash)
    expect(wanted.sort()).toEqual(isOn ? [...wantedTorrents(community)].sort() : [])
  }
}

/** Which torrents the community is told of. */
async function expectToldTorrents(db: ReadModelsDb, life: NodeLife): Promise<void> {
  const due = knownOf(life).flatMap(([communityId, community]) => {
    const { current } = community.torrents
    return current !== null && isTold(community, current)
      ? [
          {
            communityId,
            infoHash: current,
            clock: community.lastClock,
            isDispatched: community.dispatched.has(current),
          },
        ]
      : []
  })
  const found = await readServedTorrents(db)
  const told = found.map(({ communityId, infoHash, lastClock, isDispatched }) => {
    return { communityId, infoHash, clock: lastClock, isDispatched }
  })
  expect(new Set(told)).toEqual(new Set(due))
}

/** What is parked, and what is left alone: skipped as well. */
async function expectParked(db: ReadModelsDb, life: NodeLife): Promise<void> {
  const known = knownOf(life)
  const parked = known.flatMap(([communityId, { parking }]) =>
    [...parking.parked].map(([reactor, code]) => ({ communityId, reactor, code })),
  )
  const rows = await readParked(db)
  expect(new Set(rows.map(({ communityId, reactor, code }) => ({ communityId, reactor, code })))).toEqual(
    new Set(parked),
  )
  const isLeftAlone = await readLeftAlone(db)
  for (const [communityId, { parking }] of known) {
    const left = PARKABLE_REACTORS.filter((reactor) => isLeftAlone(reactor, communityId))
    expect(new Set(left)).toEqual(new Set([...parking.parked.keys(), ...parking.skipped]))
  }
}

function isTold(community: KnownCommunity, current: InfoHash): boolean {
  const isServed = wantedTorrents(community).includes(current) && community.torrents.served.has(current)
  return isServed && community.role === 'CONTROL_NODE'
}

function partsOf({ torrents }: Exclude<Community, { status: 'UNKNOWN' }>) {
  const { newest, current, retiring, served, failed } = torrents
  return [...new Set([newest, current, retiring, ...served])].flatMap((infoHash) => {
    if (infoHash === null) return []
    const code = failed.get(infoHash) ?? null
    const unserved = code === null ? 'WAITING' : 'FAILED'
    return [{ infoHash, role: roleOf(infoHash), state: served.has(infoHash) ? 'SERVED' : unserved, code }]
  })

  function roleOf(infoHash: InfoHash): SeedingRole {
    if (infoHash === current) return 'CURRENT'
    if (infoHash === newest) return 'NEXT'
    return infoHash === retiring ? 'RETIRING' : 'REPLACED'
  }
}
