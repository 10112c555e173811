import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import { ok } from '../../src/domain/result.ts'
import { createAttempts } from '../../src/reactors/attempts.ts'
import { createSeedingReactor, type SeedingTorrent } from '../../src/reactors/seeding-reactor.ts'
import { createSeedingClientInMemory } from '../support/seeding-client-in-memory.ts'
import { infoHash } from '../support/community-facts.ts'
import { createMovableClock } from '../support/movable-clock.ts'
import { GRACE_MS, openReactingNode } from '../support/reacting-node.ts'
import { addCommunity, communityNumber, createArchive, metaOf } from '../support/sample-wishes.ts'

const AFTER_TWO = ['SeedingStarted 1', 'MagnetlinkDispatched 1', 'SeedingStarted 2', 'MagnetlinkDispatched 2']

describe('a rollover', () => {
  test('serves both until the grace of the older ends', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish(createArchive(communityId, 2))
    expect(node.client.active()).toEqual(new Set([infoHash(1), infoHash(2)]))
    await node.advance(GRACE_MS - 1)
    expect(await node.story()).toEqual(AFTER_TWO)
    await node.advance(1)
    expect(await node.story()).toEqual([...AFTER_TWO, 'Unseeded 1 REPLACED'])
    expect(node.client.active()).toEqual(new Set([infoHash(2)]))
  })

  test('keeps the older until the newer is recorded as served, however long that takes', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    node.client.failWith('FILES_MISSING')
    await node.wish(createArchive(communityId, 2))
    await node.advance(10 * GRACE_MS)
    expect(node.client.active()).toEqual(new Set([infoHash(1)]))
    node.client.failWith(null)
    const retryAt = node.clock.nextWakeAt() ?? expect.unreachable()
    await node.advance(retryAt - node.clock.now())
    expect(node.client.active()).toEqual(new Set([infoHash(1), infoHash(2)]))
    await node.advance(GRACE_MS)
    expect(await node.story()).toEqual([
      ...AFTER_TWO.slice(0, 2),
      'SeedingFailed 2 FILES_MISSING',
      ...AFTER_TWO.slice(2),
      'Unseeded 1 REPLACED',
    ])
  })

  test('that comes in the grace of one before ends that grace at once', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish(createArchive(communityId, 2))
    await node.wish(createArchive(communityId, 3))
    const story = await node.story()
    expect(story.filter((entry) => !entry.startsWith('Magnet'))).toEqual([
      'SeedingStarted 1',
      'SeedingStarted 2',
      'SeedingStarted 3',
      'Unseeded 1 REPLACED',
    ])
    expect(node.client.active()).toEqual(new Set([infoHash(2), infoHash(3)]))
  })

  test('goes on over a restart: grace counts from when the newer was first served', async () => {
    const before = await openReactingNode()
    const communityId = await before.addArchived()
    await before.wish(createArchive(communityId, 2))
    await before.close()
    before.clock.advanceBy(GRACE_MS - 1)
    const node = await openReactingNode({ folder: before.folder, clock: before.clock })
    await node.calm()
    expect(node.client.active()).toEqual(new Set([infoHash(1), infoHash(2)]))
    await node.advance(1)
    expect(await node.story()).toEqual([...AFTER_TWO, 'Unseeded 1 REPLACED'])
  })

  test('looks at the end of the grace without being woken', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish(createArchive(communityId, 2))
    const head = node.log.head()
    node.clock.advanceBy(GRACE_MS - 1)
    await node.reactors.settled()
    expect(node.log.head()).toBe(head)
    node.clock.advanceBy(1)
    await node.reactors.settled()
    expect(await node.story()).toEqual([...AFTER_TWO, 'Unseeded 1 REPLACED'])
  })
})

describe('a look that is slow', () => {
  test('does not miss a grace that ends meanwhile', async () => {
    const clock = createMovableClock()
    const client = createSeedingClientInMemory()
    await client.serve({ infoHash: infoHash(1) }, 'WHOLE')
    await client.serve({ infoHash: infoHash(2) }, 'WHOLE')
    const dropped = Promise.withResolvers<Command>()
    const retiring: SeedingTorrent = {
      communityId: communityNumber(1),
      infoHash: infoHash(1),
      role: 'RETIRING',
      state: 'SERVED',
      retiringSince: clock.now(),
      graceMs: GRACE_MS,
      isLeftAlone: false,
      unwantedReason: null,
      cause: 'cause',
      correlationId: 'correlation',
    }
    const reactor = createSeedingReactor({
      readTorrents: async () => {
        clock.advanceBy(GRACE_MS)
        return [{ ...retiring, infoHash: infoHash(2), role: 'CURRENT' as const }, retiring]
      },
      client,
      record: async (command) => {
        dropped.resolve(command)
        return ok(null)
      },
      attempts: createAttempts({
        now: clock.now,
        random: () => 1,
        onFault: dropped.reject,
        giveUp: async () => undefined,
      }),
      wallClock: clock,
      onFault: dropped.reject,
    })
    reactor.wake()
    expect(await dropped.promise).toMatchObject({ type: 'RecordUnseeded', reason: 'REPLACED' })
    await reactor.stop()
  })
})

describe('a restart', () => {
  test('of 100 healthy communities serves them all and appends nothing', async () => {
    const before = await openReactingNode()
    const communities = Array.from({ length: 100 }, (_, n) => communityNumber(n + 1))
    const wishes = communities.flatMap((id, n) => [
      addCommunity(id, { archiving: true, role: 'CONTROL_NODE' }),
      createArchive(id, n + 1),
    ])
    await Promise.all(wishes.map(async (wish) => before.execute(wish, metaOf())))
    await before.calm()
    expect(before.client.active().size).toBe(100)
    const head = before.log.head()
    await before.close()

    const node = await openReactingNode({ folder: before.folder })
    await node.calm()
    expect(node.client.active().size).toBe(100)
    expect(new Set(node.client.calls.map((call) => call.split(' ')[2]))).toEqual(new Set(['IF_CHANGED']))
    expect(node.log.head()).toBe(head)
  })

  test('of the torrent client alone appends nothing either', async () => {
    const node = await openReactingNode()
    await node.addArchived()
    const head = node.log.head()
    node.client.die()
    await node.calm()
    expect(node.client.calls).toHaveLength(1)
    node.client.restart()
    await node.calm()
    expect(node.client.active()).toEqual(new Set([infoHash(1)]))
    expect(node.log.head()).toBe(head)
  })

  test('drops what the client serves and nothing is recorded of', async () => {
    const client = createSeedingClientInMemory()
    await client.serve({ infoHash: infoHash(9) }, 'WHOLE')
    const node = await openReactingNode({ client })
    await node.calm()
    expect(client.active().size).toBe(0)
    expect(node.log.head()).toBe(0)
  })
})
