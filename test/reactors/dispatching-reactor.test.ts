import { createPublicKey, verify } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { announcementText, type Clock } from '../../src/domain/magnet.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { readCurrentMagnetlink, type MagnetlinkRow } from '../../src/projections/magnetlinks.ts'
import { readParked } from '../../src/projections/parked.ts'
import { createAttempts } from '../../src/reactors/attempts.ts'
import { createDispatchingReactor } from '../../src/reactors/dispatching-reactor.ts'
import { infoHash } from '../support/community-facts.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { addCommunity, createArchive, metaOf } from '../support/sample-wishes.ts'

async function currentOf(node: ReactingNode, communityId: CommunityId): Promise<MagnetlinkRow> {
  return (await readCurrentMagnetlink(node.db, communityId)) ?? expect.unreachable()
}

/** Checks the signature as a member would, who has nothing but the announcement. */
function isSigned({ communityId, clock, magnetUri, publicKey, signature }: MagnetlinkRow): boolean {
  // SubjectPublicKeyInfo of Ed25519 (RFC 8410): a fixed prefix before the 32 bytes.
  const der = Buffer.from(`302a300506032b6570032100${publicKey}`, 'hex')
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  const text = Buffer.from(announcementText(communityId, clock, magnetUri))
  return verify(null, text, key, Buffer.from(signature, 'hex'))
}

describe('a torrent that is served', () => {
  test('is dispatched, signed with the key that the community is named after', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const link = await currentOf(node, communityId)
    expect(link.clock).toBe(node.clock.now())
    expect(link.magnetUri).toBe(
      `magnet:?xt=urn:btih:${infoHash(1)}&dn=${communityId}&tr=http%3A%2F%2Ftracker.example%2Fannounce`,
    )
    expect(`0x${link.publicKey}`).toBe(communityId)
    expect(isSigned(link)).toBe(true)
    expect(isSigned({ ...link, magnetUri: `${link.magnetUri}&` as typeof link.magnetUri })).toBe(false)
  })

  test('is dispatched in the reactor’s name, because it was served', async () => {
    const node = await openReactingNode()
    await node.addArchived()
    const events = await node.recorded()
    const started = events.find(({ event }) => event.type === 'SeedingStarted')
    expect(events.at(-1)).toMatchObject({
      event: { type: 'MagnetlinkDispatched' },
      actor: 'reactor:dispatching',
      causationId: started?.id,
      correlationId: started?.correlationId,
    })
  })

  test('is dispatched once, whatever comes between and however often the node starts', async () => {
    let node = await openReactingNode()
    const communityId = await node.addArchived()
    for (const type of ['WithdrawSeeding', 'RequestSeeding', 'DisableArchiving', 'EnableArchiving'] as const) {
      await node.wish({ type, communityId })
    }
    await node.wish({ type: 'LeaveCommunity', communityId })
    await node.wish(addCommunity(communityId, { archiving: true }))
    for (let start = 0; start < 3; start += 1) {
      await node.close()
      node = await openReactingNode({ folder: node.folder, clock: node.clock })
      await node.calm()
    }
    expect((await node.story()).filter((entry) => entry.startsWith('Magnet'))).toEqual(['MagnetlinkDispatched 1'])
    expect(node.faults).toEqual([])
  })

  test('is dispatched by the next process, where the one before died after it was served', async () => {
    const before = await openReactingNode({
      keys: (keys) => ({ ...keys, sign: async () => Promise.reject(new Error('made by a test')) }),
    })
    await before.addArchived()
    expect(await before.story()).toEqual(['SeedingStarted 1'])
    expect(before.faults).toMatchObject([{ message: 'made by a test' }])
    await before.close()
    const node = await openReactingNode({ folder: before.folder })
    await node.calm()
    expect(await node.story()).toEqual(['SeedingStarted 1', 'MagnetlinkDispatched 1'])
  })

  test('is not dispatched by a member, and is by the control node that the member becomes', async () => {
    const node = await openReactingNode({
      keys: (keys) => ({ ...keys, sign: async (id, text) => (isControl ? keys.sign(id, text) : expect.unreachable()) }),
    })
    let isControl = false
    node.client.failWith('FILES_MISSING')
    const communityId = await node.addArchived()
    await node.wish({ type: 'LeaveCommunity', communityId })
    node.client.failWith(null)
    await node.wish(addCommunity(communityId, { role: 'MEMBER', archiving: true }))
    expect(node.client.active()).toEqual(new Set([infoHash(1)]))
    expect((await node.story()).at(-1)).toBe('SeedingStarted 1')
    isControl = true
    await node.wish({ type: 'LeaveCommunity', communityId })
    await node.wish(addCommunity(communityId, { archiving: true }))
    expect((await node.story()).slice(-2)).toEqual(['SeedingStarted 1', 'MagnetlinkDispatched 1'])
    expect(node.faults).toEqual([])
  })
})

test('what is read as due after it was dispatched is not dispatched again', async () => {
  const node = await openReactingNode()
  const communityId = await node.addArchived()
  const { clock } = node
  const reactor = createDispatchingReactor({
    readServed: async () => [
      {
        communityId,
        infoHash: infoHash(1),
        trackers: [],
        last: { clock: clock.now() as number as Clock, at: clock.now() },
        lastClock: clock.now() as number as Clock,
        isDispatched: false,
        redispatchMs: 28_800_000,
        cause: 'c',
        correlationId: 'd',
      },
    ],
    readClockFloor: async () => null,
    publicUrl: null,
    record: async (command) => node.execute(command, metaOf()),
    attempts: createAttempts({
      now: clock.now,
      random: () => 1,
      onFault: (fault) => expect.unreachable(String(fault)),
      giveUp: async (goal) => expect.unreachable(goal.code),
    }),
    sign: async (id, text) => node.keys.sign(id, text),
    wallClock: clock,
    onFault: (fault) => expect.unreachable(String(fault)),
  })
  const head = node.log.head()
  reactor.wake()
  await reactor.settled()
  expect(node.log.head()).toBe(head)
})

describe('the clock', () => {
  test('rises with each dispatch, also when the time does not, or goes back', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const start = node.clock.now()
    const clocks = [(await currentOf(node, communityId)).clock]
    for (const [index, byMs] of [0, -86_400_000, 3, 90_000_000].entries()) {
      node.clock.jumpBy(byMs)
      await node.wish(createArchive(communityId, index + 2))
      const link = await currentOf(node, communityId)
      expect(link.infoHash).toBe(infoHash(index + 2))
      expect(isSigned(link)).toBe(true)
      clocks.push(link.clock)
    }
    expect(clocks).toEqual([start, start + 1, start + 2, start + 3, start + 3_600_003])
  })
})

describe('a community whose key is missing', () => {
  test('is tried for a while, then parked and shown, and dispatched when the key is back', async () => {
    let isThere = false
    const missing = { ok: false, error: { type: 'SigningKeyMissing' } } as const
    const node = await openReactingNode({
      keys: (keys) => ({ ...keys, sign: async (...args) => (isThere ? keys.sign(...args) : missing) }),
    })
    const communityId = await node.addArchived()
    expect(await node.story()).toEqual(['SeedingStarted 1'])
    for (let time = 0; time < 25; time += 1) await node.advance(600_000)
    expect(await readParked(node.db)).toMatchObject([
      { reactor: 'dispatching', communityId, code: 'SigningKeyMissing', failures: 20 },
    ])
    expect(node.faults).toEqual([])
    isThere = true
    await node.advance(600_000)
    expect(await node.story()).toHaveLength(1)
    await node.wish({ type: 'ChangeContentTopics', communityId, contentTopics: [] })
    expect(await node.story()).toEqual(['SeedingStarted 1', 'MagnetlinkDispatched 1'])
    expect(await readParked(node.db)).toEqual([])
  })

  test('because its file is gone does not hold up another community', async () => {
    const node = await openReactingNode()
    const gone = await node.keys.createCommunity()
    rmSync(join(node.folder, 'keys', gone))
    await node.wish(addCommunity(gone, { archiving: true }))
    await node.wish(createArchive(gone, 2))
    await node.addArchived()
    expect(await node.story()).toEqual(['SeedingStarted 2', 'SeedingStarted 1', 'MagnetlinkDispatched 1'])
  })
})
