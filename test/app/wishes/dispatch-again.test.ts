import { describe, expect, test } from 'vitest'
import { createDispatchAgain, type DispatchAgainPorts } from '../../../src/app/wishes/dispatch-again.ts'
import { createEarlierAnswerFinder } from '../../../src/commands/earlier-answer.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { Clock } from '../../../src/domain/magnet.ts'
import type { Wishes } from '../../../src/graphql/wishes.ts'
import { readCommunity } from '../../../src/projections/communities.ts'
import { readCurrentMagnetlink, readLastClock } from '../../../src/projections/magnetlinks.ts'
import { readNode } from '../../../src/projections/nodes.ts'
import { readCommunitySeeding } from '../../../src/projections/read-seeding.ts'
import { announcement, infoHash } from '../../support/community-facts.ts'
import { openReactingNode, type ReactingNode } from '../../support/reacting-node.ts'
import { addCommunity, communityNumber, createArchive, metaOf, metaWithKey } from '../../support/sample-wishes.ts'
import { valueOf } from '../../support/value-of.ts'

function dispatchOn(node: ReactingNode, fields: Partial<DispatchAgainPorts> = {}): Wishes['dispatchMagnetlink'] {
  const { db, keys } = node
  return createDispatchAgain({
    execute: node.execute,
    findEarlierAnswer: createEarlierAnswerFinder(node.log),
    readCommunity: async (communityId) => readCommunity(db, communityId),
    readSeeding: async (communityId) => readCommunitySeeding(db, communityId),
    readLastClock: async (communityId) => readLastClock(db, communityId),
    readClockFloor: async () => (await readNode(db)).clockFloor,
    sign: async (communityId, text) => keys.sign(communityId, text),
    now: node.clock.now,
    trackersOf: () => [],
    publicUrl: null,
    ...fields,
  })
}

async function dispatches(node: ReactingNode): Promise<number> {
  return (await node.facts()).filter(({ type }) => type === 'MagnetlinkDispatched').length
}

describe('dispatching again', () => {
  test('tells of the same torrent with a higher clock, in the name of who wished it', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const first = await readLastClock(node.db, communityId)
    const answer = valueOf(await dispatchOn(node)(communityId, metaOf()))
    const last = (await node.recorded()).at(-1)
    expect(last).toMatchObject({ actor: 'local', event: { type: 'MagnetlinkDispatched' }, position: answer.position })
    const link = await readCurrentMagnetlink(node.db, communityId)
    expect(link).toMatchObject({ infoHash: infoHash(1), clock: (first ?? 0) + 1 })
  })

  test('raises the clock each time, also where the time goes back', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const dispatch = dispatchOn(node)
    const clocks = [await readLastClock(node.db, communityId)]
    for (const byMs of [0, -5000, 20_000]) {
      node.clock.jumpBy(byMs)
      await dispatch(communityId, metaOf())
      clocks.push(await readLastClock(node.db, communityId))
    }
    const start = clocks[0] ?? 0
    expect(clocks).toEqual([start, start + 1, start + 2, start + 15_000])
  })

  test('in a log that was brought back is never below what may have been lost, also where the time goes back', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const clockFloor = (node.clock.now() + 60_000) as Clock
    await node.execute({ type: 'RecordLogRestored', incarnation: 'a', clockFloor }, metaOf())
    const sunk = (clockFloor - 50_000) as Clock
    await node.execute({ type: 'RecordLogRestored', incarnation: 'b', clockFloor: sunk }, metaOf())
    node.clock.jumpBy(-5000)
    await dispatchOn(node)(communityId, metaOf())
    expect(await readLastClock(node.db, communityId)).toBe(clockFloor)
    await dispatchOn(node)(communityId, metaOf())
    expect(await readLastClock(node.db, communityId)).toBe(clockFloor + 1)
  })

  test('with a key sent twice is once', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const dispatch = dispatchOn(node)
    const first = await dispatch(communityId, metaWithKey('k'))
    expect(await dispatch(communityId, metaWithKey('k'))).toEqual(first)
    expect(await dispatches(node)).toBe(2)
    await node.wish({ type: 'LeaveCommunity', communityId })
    expect(await dispatch(communityId, metaWithKey('k'))).toEqual(first)
  })

  test('with a key sent twice at once is once', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const dispatch = dispatchOn(node)
    const answers = await Promise.all([1, 2, 3].map(async () => dispatch(communityId, metaWithKey('k'))))
    expect(answers).toEqual([answers[0], answers[0], answers[0]])
    expect(await dispatches(node)).toBe(2)
  })

  test('signs anew where another dispatch got ahead of its clock', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    const dispatch = dispatchOn(node)
    const answers = await Promise.all([1, 2, 3].map(async () => dispatch(communityId, metaOf())))
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(await dispatches(node)).toBe(4)
  })

  test('gives up where others are always ahead', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    let signatures = 0
    const dispatch = dispatchOn(node, {
      sign: async (id, text) => {
        signatures += 1
        const clock = node.clock.now() + 1000 * signatures
        const rival = { ...announcement(1, clock), communityId, type: 'DispatchMagnetlink', occasion: 'AGAIN' } as const
        valueOf(await node.execute(rival, metaOf()))
        return node.keys.sign(id, text)
      },
    })
    expect(await dispatch(communityId, metaOf())).toMatchObject({ ok: false, error: { type: 'ClockNotHigher' } })
    expect(signatures).toBe(3)
  })
})

describe('dispatching again is refused', () => {
  async function refusal(node: ReactingNode, communityId: CommunityId): Promise<unknown> {
    const head = node.log.head()
    const answer = await dispatchOn(node)(communityId, metaOf())
    expect(node.log.head()).toBe(head)
    return answer.ok ? answer : answer.error
  }

  test('for a community that is unknown', async () => {
    const node = await openReactingNode()
    expect(await refusal(node, communityNumber(1))).toEqual({ type: 'CommunityNotFound' })
  })

  test.each([
    ['CommunityWasLeft', 'LeaveCommunity'],
    ['ArchivingIsDisabled', 'DisableArchiving'],
    ['SeedingIsWithdrawn', 'WithdrawSeeding'],
  ] as const)('by name: %s after %s', async (type, wish) => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish({ type: wish, communityId })
    expect(await refusal(node, communityId)).toEqual({ type })
  })

  test('to a member, before it is asked for a key', async () => {
    const node = await openReactingNode()
    await node.wish(addCommunity(communityNumber(1), { role: 'MEMBER', archiving: true }))
    expect(await refusal(node, communityNumber(1))).toEqual({ type: 'NotControlNode' })
  })

  test('before the first archive, and before it is served', async () => {
    const node = await openReactingNode()
    const communityId = await node.keys.createCommunity()
    await node.wish(addCommunity(communityId, { archiving: true }))
    expect(await refusal(node, communityId)).toEqual({ type: 'NoArchiveYet' })
    node.client.failWith('FILES_MISSING')
    await node.wish(createArchive(communityId, 1))
    expect(await refusal(node, communityId)).toEqual({ type: 'TorrentNotServed' })
  })

  test('while the torrent is not served', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.wish({ type: 'SetOnline', online: false })
    expect(await refusal(node, communityId)).toEqual({ type: 'TorrentNotServed' })
  })

  test('without the community’s key', async () => {
    const node = await openReactingNode()
    const communityId = await node.addArchived()
    await node.keys.discard(communityId)
    expect(await refusal(node, communityId)).toEqual({ type: 'CommunityKeyMissing' })
  })
})
