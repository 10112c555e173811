import fc from 'fast-check'
import type { CommunityCommand } from '../../src/domain/commands.ts'
import { unknownCommunity, type Community, type Decision } from '../../src/domain/community.ts'
import { decideCommunity } from '../../src/domain/decide-community.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { evolveCommunity } from '../../src/domain/evolve-community.ts'
import { outline, wishOf, type Outline } from './random-wishes.ts'

/** One wish and what it led to. */
export interface Turn {
  readonly before: Community
  readonly command: CommunityCommand
  readonly decision: Decision
  readonly events: readonly CommunityEvent[]
  readonly after: Community
}

/** Makes the wishes one after the other, each on the state that the one before left. */
export function play(outlines: readonly Outline[]): readonly Turn[] {
  let community = unknownCommunity
  return outlines.map((each, index) => {
    const before = community
    const command = wishOf(each, index + 1, before)
    const decision = decideCommunity(command, before)
    const events = decision.ok ? decision.value : []
    community = events.reduce(evolveCommunity, before)
    return { before, command, decision, events, after: community }
  })
}

/** A random life of a community: what was wished, and what came of it. */
export const life: fc.Arbitrary<readonly Turn[]> = fc
  .array(outline, { minLength: 1, maxLength: 120, size: 'max' })
  .map(play)

/** All facts of a life, in order. */
export function factsOf(turns: readonly Turn[]): readonly CommunityEvent[] {
  return turns.flatMap(({ events }) => events)
}
