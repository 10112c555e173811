import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  BURST,
  createPacedLinks,
  GATHER_MS,
  PAUSE_MS,
  type KnownOfFollow,
  type PacedLinks,
} from '../../../src/app/following/paced-links.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { announcementText, magnetUriOf, type Clock } from '../../../src/domain/magnet.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import type { FollowedLink } from '../../../src/following/read-link.ts'
import type { LinkVerdict } from '../../../src/following/subscription.ts'
import { URL_A } from '../../support/member-facts.ts'
import { createMovableClock, type MovableClock } from '../../support/movable-clock.ts'
import { createSigningCommunity, infoHashNumber } from '../../support/signing-community.ts'
import { foreignCommunity } from '../../support/weekly-history.ts'

const DAY_MS = 86_400_000
const AGAIN_MS = 600_000
const { communityId: native, publicKey, sign } = createSigningCommunity()

interface Pacing {
  readonly links: PacedLinks
  readonly clock: MovableClock
  /** The clocks of what was handed on, in order. */
  readonly handed: readonly number[]
  /** When the node was asked anew. */
  readonly asked: readonly number[]
  readonly faults: readonly unknown[]
  /** What becomes of what is handed on. A link that is taken is believed. */
  verdict: LinkVerdict | Error
  /** Lets time pass, and all come to its end that is due by then. */
  pass(ms: number): Promise<void>
}

/** The links of a node that is followed, of which nothing is known yet. */
function pace(communityId: CommunityId = native): Pacing {
  const clock = createMovableClock()
  const [handed, asked, faults] = [[] as number[], [] as number[], [] as unknown[]]
  const follow = { communityId, url: URL_A, nodeKey: null, cursor: null, followedAt: clock.now() }
  let known: KnownOfFollow = { follow, believed: null }
  const links = createPacedLinks({
    readKnown: async () => known,
    learn: {
      async fromNode({ announcement }) {
        const { verdict } = pacing
        if (verdict instanceof Error) throw verdict
        handed.push(announcement.clock)
        if (verdict === 'TAKEN') known = { follow: { ...follow, nodeKey: publicKey }, believed: announcement }
        return verdict
      },
    },
    again: async () => void asked.push(clock.now()),
    wallClock: clock,
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => links.stop())
  const pacing: Pacing = {
    links,
    clock,
    handed,
    asked,
    faults,
    verdict: 'TAKEN',
    async pass(ms) {
      clock.advanceBy(ms)
      await turn()
    },
  }
  return pacing
}

/** The n-th link, whose clock is n unless it is told. */
function signed(n: number, communityId: CommunityId = native): FollowedLink {
  const clock = n as Clock
  const magnetUri = magnetUriOf(infoHashNumber(n), communityId, [])
  const signature = sign(Buffer.from(announcementText(communityId, clock, magnetUri)))
  return { announcement: { communityId, clock, magnetUri, publicKey, signature }, cursor: `cursor-${n}` }
}

function forged(n: number): FollowedLink {
  const { announcement, cursor } = signed(n)
  return { announcement: { ...announcement, signature: '00'.repeat(64) }, cursor }
}

describe('of the links of a node', () => {
  test('the newest is handed on alone, a moment after the first', async () => {
    const { links, handed, pass } = pace()
    for (const n of [1, 2, 4, 3]) expect(await links.take(signed(n))).toBe('TAKEN')
    await pass(GATHER_MS - 1)
    expect(handed).toEqual([])
    await pass(1)
    expect(handed).toEqual([4])
  })

  test('few are handed on, however many there are, and the last of them in the end', async () => {
    const { links, handed, pass } = pace()
    for (let n = 1; n <= 300; n += 1) {
      await links.take(signed(n))
      await pass(1_000)
    }
    await pass(PAUSE_MS)
    expect(handed.length).toBeGreaterThan(BURST)
    expect(handed.length).toBeLessThanOrEqual(BURST + 300_000 / PAUSE_MS + 1)
    expect(handed.at(-1)).toBe(300)
  })

  test('none is held back longer than that by a clock that is set back', async () => {
    const { links, clock, handed, pass } = pace()
    for (let n = 1; n <= BURST; n += 1) {
      await links.take(signed(n))
      await pass(GATHER_MS)
    }
    clock.jumpBy(-DAY_MS)
    await links.take(signed(BURST + 1))
    await pass(PAUSE_MS)
    expect(handed).toHaveLength(BURST + 1)
  })

  test('an older one is not even verified, and one that is forged takes no place', async () => {
    const pacing = pace()
    const { links, handed, pass } = pacing
    await links.take(signed(5))
    expect(await links.take(forged(4))).toBe('TAKEN')
    // What refuses it is asked at once.
    pacing.verdict = 'REFUSED'
    expect(await links.take(forged(9))).toBe('REFUSED')
    pacing.verdict = 'TAKEN'
    await pass(GATHER_MS)
    expect(handed).toEqual([9, 5])
    expect(await links.take(forged(5))).toBe('TAKEN')
    expect(await links.take(forged(4))).toBe('TAKEN')
    await pass(PAUSE_MS)
    expect(handed).toEqual([9, 5])
  })

  test('the first of a foreign community does not wait, as its key is pinned', async () => {
    const foreign = foreignCommunity(1)
    const { links, handed, pass } = pace(foreign)
    await links.take(signed(1, foreign))
    expect(handed).toEqual([1])
    await links.take(signed(2, foreign))
    expect(handed).toEqual([1])
    await pass(GATHER_MS)
    expect(handed).toEqual([1, 2])
  })
})

describe('a node is asked again', () => {
  test('for a link that is too far ahead, once it is not any more', async () => {
    const pacing = pace()
    const { links, clock, handed, asked, pass } = pacing
    pacing.verdict = 'REFUSED'
    const believableAt = (clock.now() + 2 * AGAIN_MS) as UnixMillis
    expect(await links.take(signed(believableAt + DAY_MS))).toBe('REFUSED')
    expect(await links.take(signed(believableAt + 2 * DAY_MS))).toBe('REFUSED')
    expect(handed).toHaveLength(2)
    await pass(2 * AGAIN_MS - 1)
    expect(asked).toEqual([])
    await pass(1)
    expect(asked).toEqual([believableAt])
  })

  test('for a link that could not be handled', async () => {
    const pacing = pace()
    pacing.verdict = new Error('The disk is full')
    await pacing.links.take(signed(1))
    await pacing.pass(GATHER_MS)
    expect(pacing.faults).toEqual([pacing.verdict])
    await pacing.pass(AGAIN_MS)
    expect(pacing.asked).toHaveLength(1)
  })
})
