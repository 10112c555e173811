import type { AttemptsPorts } from './attempts.ts'
import type { Result } from '../domain/result.ts'
import type { Cause } from './record.ts'

/** Work that a wish led to, for whoever measures it. */
export interface WatchedWork extends Cause {
  /** What it is, such as `attempt seeding`: one of few. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
}

/**
 * Looks on while work is done, to measure and trace it, and changes nothing of it: what the work returns or throws is what
 * this does.
 *
 * @param outcomeOf Says in a word or two what it came to.
 */
export type WatchWork = <Done>(
  watched: WatchedWork,
  work: () => Promise<Done>,
  outcomeOf: (done: Done) => string,
) => Promise<Done>

/** Nobody looks on. */
export const UNWATCHED: WatchWork = async (_watched, work) => work()

/** Work for a thing of a community. */
export function workOf(
  name: string,
  { communityId, cause, correlationId }: Cause & { readonly communityId: string },
  attributes: WatchedWork['attributes'] = {},
): WatchedWork {
  return { name, attributes: { community: communityId, ...attributes }, cause, correlationId }
}

type Outcome = Result<unknown, { readonly code: string }>

/** The same work, with somebody who looks on. */
export function watchWork<Running extends Cause & { readonly communityId: string }, Done extends Outcome>(
  name: string,
  watch: WatchWork,
  work: (running: Running, signal: AbortSignal) => Promise<Done>,
): typeof work {
  return async (running, signal) => watch(workOf(name, running), async () => work(running, signal), wordOf)
}

/** What work came to, in a word. */
export function wordOf(outcome: Outcome): string {
  return outcome.ok ? 'done' : outcome.error.code
}

/** Looks on at all that a reactor tries. */
export function watchAttempts(reactor: string, watch: WatchWork): NonNullable<AttemptsPorts['watch']> {
  return async (goal, work) => watch(workOf(`attempt ${reactor}`, goal, { goal: goal.thing }), work, wordOf)
}
