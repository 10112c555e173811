import { expect } from 'vitest'
import type { CommunityCommand } from '../../src/domain/commands.ts'
import { unknownCommunity, type Community } from '../../src/domain/community.ts'
import { decideCommunity } from '../../src/domain/decide-community.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { evolveCommunity } from '../../src/domain/evolve-community.ts'
import type { DomainRefusal } from '../../src/domain/refusals.ts'

interface When {
  when(command: CommunityCommand): Then
}

interface Then {
  /** These facts and no others, in this order. None: the wish was granted already. */
  then(...expected: readonly (CommunityEvent | readonly CommunityEvent[])[]): void
  /** Refused, with the whole refusal where more than its name matters. */
  thenRefused(expected: DomainRefusal['type'] | DomainRefusal): void
}

/** The state that facts lead to, from before the first. */
export function communityAfter(...facts: readonly (CommunityEvent | readonly CommunityEvent[])[]): Community {
  return facts.flat().reduce(evolveCommunity, unknownCommunity)
}

/** Given what happened, when somebody wishes, then this happens or that is refused. */
export function given(...facts: readonly (CommunityEvent | readonly CommunityEvent[])[]): When {
  return {
    when(command) {
      const decision = decideCommunity(command, communityAfter(...facts))
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- Read aloud, not awaited.
        then: (...expected) => expect(decision).toEqual({ ok: true, value: expected.flat() }),
        thenRefused: (expected) => {
          const error = typeof expected === 'string' ? expect.objectContaining({ type: expected }) : expected
          expect(decision).toEqual({ ok: false, error })
        },
      }
    },
  }
}
