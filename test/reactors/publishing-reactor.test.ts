import { expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import { err, ok } from '../../src/domain/result.ts'
import { createPublishingReactor, type DispatchedTorrent } from '../../src/reactors/publishing-reactor.ts'
import type { RoundsReactor } from '../../src/reactors/rounds-reactor.ts'
import { signedBytesOf } from '../../src/formats/info-hash-item.ts'
import { advanceReactor } from '../support/advance-reactor.ts'
import { createInMemoryItemTable, type InMemoryItemTable } from '../support/in-memory-item-table.ts'
import { createMovableClock } from '../support/movable-clock.ts'
import { createSigningCommunity, infoHashNumber } from '../support/signing-community.ts'

const HOUR = 3_600_000
const FOREIGN = `0x02${'ab'.repeat(32)}` as CommunityId
const community = createSigningCommunity()
const { communityId, publicKey } = community

interface Publishing {
  readonly table: InMemoryItemTable
  readonly reactor: RoundsReactor
  /** What was dispatched last; a test changes it. */
  readonly dispatched: DispatchedTorrent[]
  advance(byMs: number): Promise<void>
}

function dispatchOf(id: CommunityId, seq: number): DispatchedTorrent {
  return { communityId: id, seq: seq as Clock, infoHash: infoHashNumber(seq) }
}

function startPublishing(...first: readonly DispatchedTorrent[]): Publishing {
  const clock = createMovableClock()
  const table = createInMemoryItemTable()
  const dispatched = [...first]
  const reactor = createPublishingReactor({
    readDispatched: async () => dispatched,
    sign: async (id, item) =>
      id === communityId ? ok(community.sign(signedBytesOf(item))) : err({ type: 'SigningKeyMissing' }),
    table,
    wallClock: clock,
    random: () => 1,
    onFault: (fault) => expect.unreachable(String(fault)),
  })
  onTestFinished(async () => reactor.stop())
  reactor.wake()
  return { table, reactor, dispatched, advance: (byMs) => advanceReactor(reactor, clock, byMs) }
}

test('the newest torrent is published at once, signed, and then hourly', async () => {
  const { table, advance } = startPublishing(dispatchOf(communityId, 5))
  await advance(0)
  expect(table.items).toEqual(new Map([[publicKey, community.item(5, infoHashNumber(5))]]))
  await advance(2 * HOUR)
  expect(table.asked).toEqual(['PUT 5', 'PUT 5', 'PUT 5'])
})

test('a new dispatch is published at once', async () => {
  const { table, reactor, dispatched, advance } = startPublishing(dispatchOf(communityId, 5))
  await advance(1_000)
  dispatched[0] = dispatchOf(communityId, 6)
  reactor.wake()
  await advance(0)
  expect(table.asked).toEqual(['PUT 5', 'PUT 6'])
  expect(table.items.get(publicKey)).toEqual(community.item(6, infoHashNumber(6)))
})

test('what could not be published is, as soon as the table is back', async () => {
  const { table, reactor, advance } = startPublishing(dispatchOf(communityId, 5))
  table.fail('NO_NODES')
  await advance(HOUR)
  expect(reactor.lastRounds().get(communityId)).toMatchObject({ code: 'NO_NODES' })
  table.fail(null)
  await advance(600_000)
  expect(table.items.get(publicKey)).toEqual(community.item(5, infoHashNumber(5)))
})

test('a foreign community is none of the table’s, and one without its key says so', async () => {
  const keyless = createSigningCommunity().communityId
  const { table, reactor, advance } = startPublishing(dispatchOf(FOREIGN, 5), dispatchOf(keyless, 5))
  await advance(HOUR)
  expect(table.asked).toEqual([])
  expect(reactor.lastRounds().get(FOREIGN)).toBeUndefined()
  expect(reactor.lastRounds().get(keyless)).toMatchObject({ code: 'SigningKeyMissing' })
})
