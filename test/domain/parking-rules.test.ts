import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unknownCommunity } from '../../src/domain/community.ts'
import { evolveCommunity } from '../../src/domain/evolve-community.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { NOTHING_PARKED } from '../../src/domain/parking.ts'
import { brokenRules } from '../support/broken-rules.ts'
import { factsOf, life, type Turn } from '../support/community-play.ts'
import { noPast, remember } from '../support/community-past.ts'
import { recorded } from '../support/projected.ts'

function inEveryLife(check: (facts: readonly CommunityEvent[], turns: readonly Turn[]) => void): void {
  fc.assert(
    fc.property(life, (turns) => check(factsOf(turns), turns)),
    { numRuns: 200 },
  )
}

describe('what is given up, in every life of a community', () => {
  test('is told once until it has a new chance, and only of what somebody wants done (rules 5 and 9)', () => {
    const seen = new Set<string>()
    inEveryLife((facts) => {
      for (const { type } of facts) seen.add(type)
      const broken = brokenRules(recorded(facts), 0).filter((each) => each.includes('Reactor'))
      expect(broken).toEqual([])
    })
    // The lives are rich enough to mean something.
    expect(['ReactorParked', 'ReactorRetried', 'ReactorSkipped'].filter((type) => !seen.has(type))).toEqual([])
  })

  test('is what a reader of the log alone says', () => {
    inEveryLife((facts) => {
      const past = noPast()
      for (const one of recorded(facts)) remember(past, { ...one, event: one.event as CommunityEvent })
      const state = facts.reduce(evolveCommunity, unknownCommunity)
      const { parked, skipped } = state.status === 'UNKNOWN' ? NOTHING_PARKED : state.parking
      expect([new Set(parked.keys()), skipped]).toEqual([past.parked, past.skipped])
    })
  })

  test('withdraws the wish for it in the same append, where it is skipped', () => {
    inEveryLife((_facts, turns) => {
      for (const { command, events, before } of turns) {
        if (command.type !== 'SkipParked' || events.length === 0 || before.status === 'UNKNOWN') continue
        const { reactor } = command
        const withdrawn = events.slice(1).map(({ type }) => type)
        const { download, import: running } = before.membership
        if (reactor === 'seeding') expect(withdrawn).toEqual(['SeedingWithdrawn'])
        else if (reactor === 'downloading') expect(withdrawn).toEqual(download === null ? [] : ['DownloadCancelled'])
        else if (reactor === 'importing') expect(withdrawn).toEqual(running === null ? [] : ['ImportFinished'])
        else expect(withdrawn).toEqual([])
      }
    })
  })
})
