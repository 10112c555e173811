import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unknownCommunity, wantedTorrents, type Community } from '../../src/domain/community.ts'
import { decideCommunity } from '../../src/domain/decide-community.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { evolveCommunity } from '../../src/domain/evolve-community.ts'
import { nextClock } from '../../src/domain/magnet.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { announcement, COMMUNITY } from '../support/community-facts.ts'
import { factsOf, life, type Turn } from '../support/community-play.ts'

/** Comparing whole states takes its time. */
const COMPARING_RUNS = 50

function inEveryLife(check: (turns: readonly Turn[]) => void, numRuns = 200): void {
  fc.assert(fc.property(life, check), { numRuns })
}

describe('deciding', () => {
  test('is pure: the same wish on the same state leads to the same, and changes neither', () => {
    inEveryLife((turns) => {
      for (const { command, before, decision } of turns) {
        const [sameCommand, sameState] = [structuredClone(command), structuredClone(before)]
        expect(decideCommunity(command, before)).toEqual(decision)
        expect(decideCommunity(sameCommand, sameState)).toEqual(decision)
        expect([command, before]).toEqual([sameCommand, sameState])
      }
    }, COMPARING_RUNS)
  })

  test('a wish or an observation that is repeated leads to nothing more (rule 9)', () => {
    // Each check and each repair is an act of its own.
    const acts = ['RecordArchivesVerified', 'RecordArchiveRepaired']
    inEveryLife((turns) => {
      for (const { command, after, decision } of turns) {
        if (!decision.ok || acts.includes(command.type)) continue
        const again = decideCommunity(command, after)
        expect(again.ok ? again.value : []).toEqual([])
      }
    })
  })

  test('grants the dispatch of a served torrent, whatever came before (rule 3)', () => {
    inEveryLife((turns) => {
      for (const { after } of turns) {
        const infoHash = wantedTorrents(after)
          .filter((wanted) => isServedAndCurrent(after, wanted))
          .find((wanted) => !hasBeenDispatched(after, wanted))
        if (infoHash === undefined || after.status !== 'ADDED' || after.role !== 'CONTROL_NODE') continue
        const clock = nextClock(after.lastClock, 0 as UnixMillis)
        const link = { ...announcement(0, clock), infoHash }
        const command = { type: 'DispatchMagnetlink', communityId: COMMUNITY, ...link, occasion: 'FIRST' } as const
        expect(decideCommunity(command, after)).toEqual({
          ok: true,
          value: [{ type: 'MagnetlinkDispatched', communityId: COMMUNITY, data: link }],
        })
      }
    })
  })
})

function isServedAndCurrent(community: Community, infoHash: string): boolean {
  if (community.status === 'UNKNOWN') return false
  const { current, served } = community.torrents
  return current === infoHash && served.has(current)
}

function hasBeenDispatched(community: Community, infoHash: string): boolean {
  return community.status !== 'UNKNOWN' && [...community.dispatched].some((dispatched) => dispatched === infoHash)
}

describe('evolving', () => {
  test('is pure: the same facts lead to the same state, and change none on the way', () => {
    inEveryLife((turns) => {
      for (const { before, events, after } of turns) {
        const sameState = structuredClone(before)
        expect(events.reduce(evolveCommunity, before)).toEqual(after)
        expect(before).toEqual(sameState)
      }
    }, COMPARING_RUNS)
  })

  test('never throws, not even on facts that no decision led to', () => {
    const facts = life.chain((turns) => fc.shuffledSubarray(factsOf(turns) as CommunityEvent[]))
    fc.assert(
      fc.property(facts, (shuffled) => {
        const community = shuffled.reduce(evolveCommunity, unknownCommunity)
        expect(community.status === 'UNKNOWN').toBe(!shuffled.some(({ type }) => type === 'CommunityAdded'))
      }),
    )
  })
})

describe('the torrents of a community', () => {
  test('have at most one part each, and only a served successor moves them on (rule 2)', () => {
    inEveryLife((turns) => {
      for (const { before, after, events } of turns) {
        if (after.status === 'UNKNOWN' || before.status === 'UNKNOWN') continue
        const { newest, current, retiring } = after.torrents
        if (retiring !== null) expect([newest, current]).not.toContain(retiring)
        if (current === before.torrents.current || events[0]?.type === 'CommunityPurged') continue
        const fact = { type: 'SeedingStarted', communityId: COMMUNITY, data: { infoHash: newest } }
        const told = events.filter(({ type }) => type !== 'DownloadFinished')
        expect([current, told]).toEqual([newest, [fact]])
        expect([null, before.torrents.current]).toContain(retiring)
      }
    })
  })

  test('are wanted only of a community that is here, archives, and is not withdrawn (rule 5)', () => {
    inEveryLife((turns) => {
      for (const { after } of turns) {
        const isOn = after.status === 'ADDED' && after.archiving === 'ENABLED' && after.seeding === 'REQUESTED'
        const hasAny = after.status !== 'UNKNOWN' && after.torrents.newest !== null
        expect(wantedTorrents(after).length > 0).toBe(isOn && hasAny)
      }
    })
  })
})
