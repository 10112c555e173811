import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { err, ok } from '../../src/domain/result.ts'
import { readParked } from '../../src/projections/parked.ts'
import { earliest } from '../../src/reactors/earliest.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { infoHash } from '../support/community-facts.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { addCommunity, createArchive, metaOf } from '../support/sample-wishes.ts'
import { valueOf } from '../support/value-of.ts'

/** The part of the story after `count` entries. */
async function storyAfter(node: ReactingNode, count: number): Promise<readonly string[]> {
  return (await node.story()).slice(count)
}

const SERVED = ['SeedingStarted 1', 'MagnetlinkDispatched 1']

describe('a new archive', () => {
  test('is served, by the event alone that it was created', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    expect(await node.story()).toEqual(SERVED)
    expect(node.client.calls).toEqual(['serve 1 IF_CHANGED'])
    const seen = new AbortController()
    const answer = await node.execute(createArchive(communityId, 2), metaOf())
    for await (const { event } of node.log.tail(valueOf(answer).position ?? expect.unreachable(), seen.signal)) {
      if (event.type === 'MagnetlinkDispatched') break
    }
    expect(await storyAfter(node, 2)).toEqual(['SeedingStarted 2', 'MagnetlinkDispatched 2'])
    expect(node.faults).toEqual([])
  })

  test('is recorded with the archive as its cause, in the reactor’s name', async () => {
    const node = await openReactingNode()
    await node.addArchived()
    const events = await node.recorded()
    const of = (type: string) => events.find(({ event }) => event.type === type)
    expect(of('SeedingStarted')).toMatchObject({
      actor: 'reactor:seeding',
      causationId: of('ArchiveCreated')?.id,
      correlationId: of('ArchiveCreationStarted')?.correlationId,
    })
  })
})

describe('a torrent that cannot be served', () => {
  test('is one event for each change of the reason, however often it is tried', async () => {
    const node = await openReactingNode()
    node.client.failWith('FILES_MISSING')
    await node.addArchived()
    for (let time = 0; time < 3; time += 1) await node.advance(600_000)
    node.client.failWith('ACCESS_DENIED')
    for (let time = 0; time < 3; time += 1) await node.advance(600_000)
    expect(await node.story()).toEqual(['SeedingFailed 1 FILES_MISSING', 'SeedingFailed 1 ACCESS_DENIED'])
    expect(node.client.calls.length).toBeGreaterThan(7)
    node.client.failWith(null)
    await node.advance(600_000)
    expect(await storyAfter(node, 2)).toEqual(SERVED)
    expect(node.client.calls.at(-1)).toBe('serve 1 WHOLE')
  })

  test('waits between tries, and is parked and shown in the end, until its community’s wish changes', async () => {
    const node = await openReactingNode()
    node.client.failWith('TIMED_OUT')
    const communityId = await node.addArchived()
    await node.calm()
    expect(node.client.calls).toHaveLength(1)
    for (let time = 0; time < 30; time += 1) await node.advance(600_000)
    expect(node.client.calls).toHaveLength(20)
    expect(await readParked(node.db)).toMatchObject([
      { reactor: 'seeding', communityId, code: 'TIMED_OUT', failures: 20 },
    ])
    node.client.failWith(null)
    await node.wish({ type: 'WithdrawSeeding', communityId })
    await node.wish({ type: 'RequestSeeding', communityId })
    expect(await storyAfter(node, 1)).toEqual(SERVED)
    expect(await readParked(node.db)).toEqual([])
  })

  test('does not hold up another community', async () => {
    const node = await openReactingNode()
    const slow = Promise.withResolvers<void>()
    node.client.answerWith(async (torrent) => {
      if (torrent === infoHash(1)) await slow.promise
      return ok(null)
    })
    const communities = [await node.keys.createCommunity(), await node.keys.createCommunity()]
    const wishes = communities.flatMap((communityId, index): readonly Command[] => [
      addCommunity(communityId, { archiving: true }),
      createArchive(communityId, index + 1),
    ])
    const seen = new AbortController()
    const events = node.log.tail(node.log.head(), seen.signal)
    await Promise.all(wishes.map(async (wish) => node.execute(wish, metaOf())))
    for await (const { event } of events) if (event.type === 'SeedingStarted') break
    expect(await node.story()).toEqual(['SeedingStarted 2'])
    slow.resolve()
    await node.calm()
    expect((await node.story()).toSorted()).toEqual([
      'MagnetlinkDispatched 1',
      'MagnetlinkDispatched 2',
      'SeedingStarted 1',
      'SeedingStarted 2',
    ])
  })

  test('because the client died is no judgement on it', async () => {
    const node = await openReactingNode()
    node.client.answerWith(() => {
      node.client.die()
      return err({ code: 'INTERNAL' })
    })
    await node.addArchived()
    await node.calm()
    expect(await node.story()).toEqual([])
    expect(node.client.calls).toEqual(['serve 1 IF_CHANGED'])
    node.client.restart()
    node.client.failWith(null)
    await node.calm()
    expect(await node.story()).toEqual(SERVED)
  })
})

describe('what is served and no longer wanted', () => {
  test.each<[reason: string, off: (id: CommunityId) => Command, on: (id: CommunityId) => Command]>([
    [
      'REQUESTED',
      (id) => ({ type: 'WithdrawSeeding', communityId: id }),
      (id) => ({ type: 'RequestSeeding', communityId: id }),
    ],
    [
      'DISABLED',
      (id) => ({ type: 'DisableArchiving', communityId: id }),
      (id) => ({ type: 'EnableArchiving', communityId: id }),
    ],
    ['PROTOCOL_DISABLED', () => ({ type: 'DisableProtocol' }), () => ({ type: 'EnableProtocol' })],
    ['OFFLINE', () => ({ type: 'SetOnline', online: false }), () => ({ type: 'SetOnline', online: true })],
  ])('is dropped as %s, and served again once it is wanted', async (reason, off, on) => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish(off(communityId))
    expect(node.client.active().size).toBe(0)
    expect(await storyAfter(node, 2)).toEqual([`Unseeded 1 ${reason}`])
    await node.wish(on(communityId))
    expect(node.client.active()).toEqual(new Set([infoHash(1)]))
    expect(await storyAfter(node, 3)).toEqual(['SeedingStarted 1'])
  })

  test('is dropped as LEFT, and both torrents of a rollover at once', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish(createArchive(communityId, 2))
    expect(node.client.active().size).toBe(2)
    await node.wish({ type: 'LeaveCommunity', communityId })
    expect(node.client.active().size).toBe(0)
    expect(await storyAfter(node, 4)).toEqual(['Unseeded 1 LEFT', 'Unseeded 2 LEFT'])
  })
})

test.each([
  [null, null, null],
  [null, 2, 2],
  [1, null, 1],
  [1, 2, 1],
  [2, 1, 1],
])('the earlier of %o and %o is %o', (left, right, first) => {
  expect(earliest(left as UnixMillis | null, right as UnixMillis | null)).toBe(first)
})
