import { describe, expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { err, ok } from '../../src/domain/result.ts'
import { readParked } from '../../src/projections/parked.ts'
import { brokenRules } from '../support/broken-rules.ts'
import { infoHash } from '../support/community-facts.ts'
import { missingFiles } from '../support/missing-files.ts'
import { openReactingNode, type ReactingNode, type ReactingNodeOptions } from '../support/reacting-node.ts'
import { addCommunity, createArchive } from '../support/sample-wishes.ts'
import { createSeedingClientInMemory } from '../support/seeding-client-in-memory.ts'

const HOUR_MS = 3_600_000

/** The next process on the data directory of a node, at the same time of day; its torrent client is a new one. */
async function restart(node: ReactingNode, options: ReactingNodeOptions = {}): Promise<ReactingNode> {
  await node.close()
  const next = await openReactingNode({ folder: node.folder, clock: node.clock, ...options })
  await next.calm()
  return next
}

async function typesAfter(node: ReactingNode, count: number): Promise<readonly DomainEvent['type'][]> {
  return (await node.facts()).slice(count).map(({ type }) => type)
}

async function wishAbout(
  node: ReactingNode,
  type: 'RetryParked' | 'SkipParked',
  reactor: 'seeding' | 'dispatching' | 'repairing',
  communityId: CommunityId,
): Promise<void> {
  await node.wish({ type, communityId, reactor })
}

describe('a file that is missing for a day', () => {
  test.each([
    ['never served, in one process', 'SeedingFailed', []],
    ['never served, over restarts before and after the work is given up', 'SeedingFailed', [1, 2, 5, 12, 12.5, 20]],
    ['served before, in one process', 'Unseeded', []],
    ['served before, found missing at a start, and over more of them', 'Unseeded', [0, 1, 2, 5, 12, 12.5, 20]],
  ] as const)('is two events: %s', async (_what, first, restarts) => {
    const { options, tries, vanish } = missingFiles({ areThere: first === 'Unseeded' })
    let node = await openReactingNode(options)
    await node.addArchived()
    vanish()
    let hour = 0
    for (const at of restarts) {
      await node.advance((at - hour) * HOUR_MS)
      node = await restart(node, options)
      hour = at
    }
    await node.advance((24 - hour) * HOUR_MS)
    const count = (await node.facts()).findIndex(({ type }) => type === first)
    expect((await node.facts()).slice(count)).toMatchObject([
      { type: first, data: { code: 'FILES_MISSING' } },
      { type: 'ReactorParked', data: { reactor: 'repairing' } },
    ])
    expect(brokenRules(await node.recorded(), 0)).toEqual([])
    // And it is left alone from then on.
    const before = { ...tries }
    node = await restart(node, options)
    await node.advance(24 * HOUR_MS)
    expect(tries).toEqual(before)
  })

  test('is told by the reactor that gave it up, because of what it failed for', async () => {
    const { options } = missingFiles()
    const node = await openReactingNode(options)
    const communityId = await node.addArchived()
    await node.advance(24 * HOUR_MS)
    const events = await node.recorded()
    const failed = events.find(({ event }) => event.type === 'SeedingFailed')
    const parked = events.find(({ event }) => event.type === 'ReactorParked')
    expect(parked).toMatchObject({
      actor: 'reactor:repairing',
      causationId: failed?.id,
      correlationId: failed?.correlationId,
      event: { data: { reactor: 'repairing', code: 'FILES_DAMAGED', failures: 20 } },
    })
    const { id: cause, recordedAt: since } = parked ?? expect.unreachable()
    const work = { reactor: 'repairing', code: 'FILES_DAMAGED', failures: 20 }
    expect(await readParked(node.db)).toEqual([{ communityId, ...work, since, cause }])
  })

  test('and is back is served once it is tried again', async () => {
    const { options, tries } = missingFiles()
    let node = await openReactingNode(options)
    const communityId = await node.addArchived()
    await node.advance(24 * HOUR_MS)
    node = await restart(node, { client: createSeedingClientInMemory() })
    await node.advance(24 * HOUR_MS)
    expect(await node.story()).toEqual(['SeedingFailed 1 FILES_MISSING'])
    await wishAbout(node, 'RetryParked', 'repairing', communityId)
    expect(await node.story()).toEqual(['SeedingFailed 1 FILES_MISSING', 'SeedingStarted 1', 'MagnetlinkDispatched 1'])
    expect(await readParked(node.db)).toEqual([])
    expect(tries.repair).toBe(20)
  })

  test('and is skipped is left as it is, until something about the community changes', async () => {
    const { options, tries } = missingFiles()
    let node = await openReactingNode(options)
    const communityId = await node.addArchived()
    await node.advance(24 * HOUR_MS)
    await wishAbout(node, 'SkipParked', 'repairing', communityId)
    const before = { ...tries }
    node = await restart(node, options)
    await node.advance(24 * HOUR_MS)
    expect(tries).toEqual(before)
    expect(await readParked(node.db)).toEqual([])
    expect((await node.facts()).at(-1)?.type).toBe('ReactorSkipped')
    await node.wish({ type: 'ChangeSettings', communityId, changes: { graceSeconds: 1 } })
    expect(tries.repair).toBeGreaterThan(before.repair)
  })
})

describe('work that is parked', () => {
  test('holds up no other community, and nothing that was served', async () => {
    const client = createSeedingClientInMemory()
    const failOne = (torrent: string) => (torrent === infoHash(2) ? err({ code: 'TIMED_OUT' as const }) : ok(null))
    client.answerWith(failOne)
    let node = await openReactingNode({ client })
    const communityId = await node.addArchived()
    await node.wish(createArchive(communityId, 2))
    await node.advance(6 * HOUR_MS)
    expect(await readParked(node.db)).toMatchObject([{ communityId, reactor: 'seeding', code: 'TIMED_OUT' }])

    const other = await node.keys.createCommunity()
    await node.wish(addCommunity(other, { archiving: true }))
    await node.wish(createArchive(other, 3))
    expect(client.active()).toEqual(new Set([infoHash(1), infoHash(3)]))
    expect((await node.story()).slice(-2)).toEqual(['SeedingStarted 3', 'MagnetlinkDispatched 3'])

    const next = createSeedingClientInMemory()
    next.answerWith(failOne)
    node = await restart(node, { client: next })
    await node.advance(6 * HOUR_MS)
    expect(next.active()).toEqual(new Set([infoHash(1), infoHash(3)]))
    expect(next.calls.filter((call) => call.startsWith('serve 2'))).toEqual([])
  })

  test('has its wish withdrawn when it is skipped', async () => {
    const node = await openReactingNode()
    node.client.failWith('TIMED_OUT')
    const communityId = await node.addArchived()
    await node.advance(6 * HOUR_MS)
    const count = (await node.facts()).length
    await wishAbout(node, 'SkipParked', 'seeding', communityId)
    await node.advance(24 * HOUR_MS)
    expect(await typesAfter(node, count)).toEqual(['ReactorSkipped', 'SeedingWithdrawn'])
    node.client.failWith(null)
    await node.wish({ type: 'RequestSeeding', communityId })
    expect((await node.story()).slice(-2)).toEqual(['SeedingStarted 1', 'MagnetlinkDispatched 1'])
  })

  test('of dispatching is tried for the next torrent, where this one was skipped', async () => {
    let isThere = false
    const missing = { ok: false, error: { type: 'SigningKeyMissing' } } as const
    const node = await openReactingNode({
      keys: (keys) => ({ ...keys, sign: async (...args) => (isThere ? keys.sign(...args) : missing) }),
    })
    const communityId = await node.addArchived()
    await node.advance(6 * HOUR_MS)
    await wishAbout(node, 'SkipParked', 'dispatching', communityId)
    isThere = true
    await node.advance(24 * HOUR_MS)
    expect(await node.story()).toEqual(['SeedingStarted 1'])
    await node.wish(createArchive(communityId, 2))
    expect((await node.story()).slice(-2)).toContain('MagnetlinkDispatched 2')
  })
})
