import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { SignedInfoHashItem } from '../../src/domain/info-hash-item.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import { err, ok } from '../../src/domain/result.ts'
import { createLookingUpReactor, type LookedUpLink } from '../../src/reactors/looking-up-reactor.ts'
import { planAfterLook, type MemberCommunity } from '../../src/reactors/plan-passing-on.ts'
import type { RoundsReactor } from '../../src/reactors/rounds-reactor.ts'
import { advanceReactor } from '../support/advance-reactor.ts'
import { createInMemoryItemTable, type InMemoryItemTable } from '../support/in-memory-item-table.ts'
import { createMovableClock } from '../support/movable-clock.ts'
import { createSigningCommunity, infoHashNumber } from '../support/signing-community.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const community = createSigningCommunity()
const { communityId, publicKey } = community

function itemOf(seq: number): SignedInfoHashItem {
  return community.item(seq, infoHashNumber(seq))
}

describe('after a look', () => {
  const known = { communityId, clock: 5 as Clock, item: itemOf(5) }
  const unknown = { communityId, clock: null, item: null }
  const unproven = { communityId, clock: 5 as Clock, item: null }

  test.each<readonly [string, MemberCommunity, number | null, string]>([
    ['what is newer is news', known, 6, 'SUBMIT 6'],
    ['what is known is put on', known, 5, 'PUT_ON 5'],
    ['what is older is put over', known, 4, 'PUT_ON 5'],
    ['what nobody holds any more is put on', known, null, 'PUT_ON 5'],
    ['the first link is news', unknown, 0, 'SUBMIT 0'],
    ['nothing is nothing', unknown, null, 'NOTHING'],
    ['the first proof of a known link is news', unproven, 5, 'SUBMIT 5'],
    ['proof of an older link is not', unproven, 4, 'NOTHING'],
    ['proof that is older than the link is put on', { ...known, clock: 9 as Clock }, 5, 'PUT_ON 5'],
    ['between proof and link there is no news', { ...known, clock: 9 as Clock }, 7, 'PUT_ON 5'],
  ])('%s', (_, row, found, expected) => {
    const next = planAfterLook(row, found === null ? null : itemOf(found))
    expect(next.act === 'NOTHING' ? next.act : `${next.act} ${next.item.seq}`).toBe(expected)
  })
})

interface LookingUp {
  readonly table: InMemoryItemTable
  readonly reactor: RoundsReactor
  /** What is known; a test changes it. */
  readonly memberships: Map<CommunityId, MemberCommunity>
  readonly submitted: readonly LookedUpLink[]
  advance(byMs: number): Promise<void>
}

function startLookingUp(row: Partial<MemberCommunity> = {}, refusal: string | null = null): LookingUp {
  const clock = createMovableClock()
  const table = createInMemoryItemTable()
  const first: MemberCommunity = { communityId, clock: null, item: null, ...row }
  const memberships = new Map([[first.communityId, first]])
  const submitted: LookedUpLink[] = []
  const reactor = createLookingUpReactor({
    readMemberships: async () => [...memberships.values()],
    table,
    async submit(link) {
      submitted.push(link)
      if (refusal !== null) return err({ type: refusal })
      const { clock: seq, infoHash, signature } = link
      memberships.set(link.communityId, { communityId, clock: seq, item: { seq, infoHash, signature } })
      return ok(null)
    },
    wallClock: clock,
    random: () => 1,
    onFault: (fault) => expect.unreachable(String(fault)),
  })
  onTestFinished(async () => reactor.stop())
  reactor.wake()
  return { table, reactor, memberships, submitted, advance: (byMs) => advanceReactor(reactor, clock, byMs) }
}

describe('a member', () => {
  test('that knows no link looks often, hands over the first, and puts it on hourly', async () => {
    const { table, submitted, advance } = startLookingUp()
    await advance(4 * MINUTE)
    expect(table.asked).toEqual(['GET', 'GET', 'GET'])
    table.items.set(publicKey, itemOf(5))
    await advance(3 * MINUTE)
    const { seq, ...item } = itemOf(5)
    expect(submitted).toEqual([{ communityId, clock: seq, ...item }])
    await advance(2 * HOUR)
    expect(table.asked.slice(4)).toEqual(['GET', 'PUT 5', 'GET', 'PUT 5'])
    expect(submitted).toHaveLength(1)
  })

  test('hands over what is newer, instead of putting the old one on', async () => {
    const { table, submitted, advance } = startLookingUp({ clock: 5 as Clock, item: itemOf(5) })
    table.items.set(publicKey, itemOf(6))
    await advance(0)
    expect(submitted.map(({ clock }) => clock)).toEqual([6])
    expect(table.asked).toEqual(['GET'])
    await advance(HOUR)
    expect(table.asked).toEqual(['GET', 'GET', 'PUT 6'])
  })

  test('that knows a link without proof looks hourly', async () => {
    const { table, advance } = startLookingUp({ clock: 5 as Clock })
    await advance(2 * HOUR)
    expect(table.asked).toEqual(['GET', 'GET', 'GET'])
  })

  test('says why it knows nothing', async () => {
    const { table, reactor, advance } = startLookingUp()
    await advance(0)
    expect(reactor.lastRounds().get(communityId)).toMatchObject({ code: 'NOTHING_FOUND' })
    table.fail('NO_NODES')
    await advance(MINUTE)
    expect(reactor.lastRounds().get(communityId)).toMatchObject({ code: 'NO_NODES' })
  })

  test('whose link was refused says so, and looks again', async () => {
    const { table, reactor, submitted, advance } = startLookingUp({}, 'ClockAhead')
    table.items.set(publicKey, itemOf(5))
    await advance(MINUTE)
    expect(reactor.lastRounds().get(communityId)).toMatchObject({ code: 'ClockAhead' })
    expect(submitted).toHaveLength(2)
  })

  test('of a foreign community looks for nothing', async () => {
    const { table, advance } = startLookingUp({ communityId: `0x02${'ab'.repeat(32)}` as CommunityId })
    await advance(HOUR)
    expect(table.asked).toEqual([])
  })
})
