import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { checkMember } from '../support/broken-member-rules.ts'
import { noPast, remember } from '../support/community-past.ts'
import { factsOf, life } from '../support/community-play.ts'
import { recorded } from '../support/projected.ts'

/** Every rule of a member that these facts break. */
function brokenIn(facts: readonly CommunityEvent[]): readonly string[] {
  const past = noPast()
  return recorded(facts).flatMap((one) => {
    const broken: string[] = []
    checkMember(one.event as CommunityEvent, past, (rule, what) =>
      broken.push(`rule ${rule} at ${one.position}, ${one.event.type}: ${what}`),
    )
    remember(past, { ...one, event: one.event as CommunityEvent })
    return broken
  })
}

test('in every life of a community, the rules of members hold for what the log tells', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(life, (turns) => {
      const facts = factsOf(turns)
      for (const { type } of facts) seen.add(type)
      expect(brokenIn(facts)).toEqual([])
    }),
    { numRuns: 500 },
  )
  // The lives are rich enough to mean something.
  for (const type of ['DownloadFinished', 'ArchiveImported', 'ImportUndone', 'NodeFollowed', 'DownloadCancelled'])
    expect(seen).toContain(type)
})
