import { createAttempts, type Attempts, type AttemptsPace, type CausedGoal } from '../reactors/attempts.ts'
import type { RecordOutcome } from '../reactors/record.ts'
import type { WallClock } from '../reactors/wall-clock.ts'
import { watchAttempts, type WatchWork } from '../reactors/watch-work.ts'
import { giveUpAs } from './given-up.ts'

/** Peers come and go, so a download is tried as long as it is wanted. */
const DOWNLOAD_PACE = { longestWaitMs: 120_000, giveUpAfterFailures: Infinity }

/**
 * What cannot be taken over will hardly be better soon: each try is recorded. One that a fault broke off still runs, so
 * that none can begin in its place.
 */
export const IMPORT_PACE = {
  firstWaitMs: 60_000,
  longestWaitMs: 3_600_000,
  giveUpAfterFailures: 6,
  giveUpFaults: false,
}

export interface MemberAttemptsPorts {
  readonly recordAs: (actor: `reactor:${string}`) => RecordOutcome
  readonly wallClock: Pick<WallClock, 'now'>
  readonly onFault: (fault: unknown, goal?: CausedGoal) => void
  /** Left out where nobody measures. */
  readonly watch?: WatchWork
}

/** The attempts of those reactors of a member whose acts can fail. */
export interface MemberAttempts {
  readonly downloading: Attempts
  readonly importing: Attempts
}

/** Creates them: nothing has failed yet. */
export function createMemberAttempts({ recordAs, wallClock, watch, onFault }: MemberAttemptsPorts): MemberAttempts {
  const create = (name: 'downloading' | 'importing', pace: Partial<AttemptsPace>): Attempts => {
    const giveUp = giveUpAs(name, recordAs(`reactor:${name}`))
    const more = watch && { watch: watchAttempts(name, watch) }
    return createAttempts({ now: wallClock.now, random: Math.random, onFault, giveUp, pace, ...more })
  }
  return { downloading: create('downloading', DOWNLOAD_PACE), importing: create('importing', IMPORT_PACE) }
}
