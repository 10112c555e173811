import type { Death } from './life-line.ts'
import type { SeededRandom } from './seeded-random.ts'
import { BEGINNING, BUSY, HOUR, QUIET, TALKS, WEEK, type Span } from './two-years-plan.ts'

/** What an operator switches off and on again. */
export type Switch = 'ARCHIVING' | 'SEEDING' | 'PROTOCOL' | 'NETWORK'

/** What happens to a node in its life. Times are in seconds. */
export type Disturbance =
  | { readonly type: 'FILE_FAULT'; readonly code: string; readonly after: number; readonly times: number }
  | { readonly type: 'SIGN_FAULTS' | 'REFUSALS'; readonly times: number }
  | { readonly type: 'DEATH'; readonly step: Death['step']; readonly after: number; readonly offFor: number }
  | { readonly type: 'KILL' | 'STOP'; readonly offFor: number }
  | { readonly type: 'CLIENT_DIES'; readonly offFor: number }
  | { readonly type: 'CLOCK'; readonly skew: number }
  | { readonly type: 'SWITCH'; readonly what: Switch; readonly community: number; readonly offFor: number }

export interface PlannedDisturbance {
  readonly at: number
  readonly disturbance: Disturbance
}

const FILE_ERRORS = ['ENOSPC', 'EIO', 'EACCES'] as const
const SWITCHES = ['ARCHIVING', 'SEEDING', 'PROTOCOL', 'NETWORK'] as const
/** How far the clock of a node is off at most. */
const MOST_SKEW = 2 * HOUR

/** Plans when a node is away for weeks: switched off, killed, or told to rest. */
export function planAbsences(random: SeededRandom, weeks: number): readonly (PlannedDisturbance & Span)[] {
  const absences: (PlannedDisturbance & Span)[] = []
  let week = 6 + random.below(8)
  while (week < weeks - 12) {
    const offFor = Math.round((1 + random.below(40) / 10) * WEEK)
    const from = BEGINNING + week * WEEK + random.below(WEEK)
    const community = random.below(TALKS.length)
    const disturbance = random.pick<Disturbance>([
      { type: 'STOP', offFor },
      { type: 'KILL', offFor },
      { type: 'SWITCH', what: random.pick(SWITCHES), community, offFor },
    ])
    absences.push({ at: from, from, to: from + offFor, disturbance })
    week += 10 + random.below(12)
  }
  return absences
}

/**
 * Plans what goes wrong for seconds to hours, two thirds of it about when runs are due.
 *
 * Together they keep a run from its end for less than the half of a day, and never set the clock off by more than
 * `MOST_SKEW`: so each week's run still finds the messages of its own week, all of them, and none of the next's late
 * ones. That is what keeps the result the same; a clock that is off by more than the quiet time about the end of a
 * partition packs what has come by then, and what comes after as late messages, in other bytes.
 */
export function planDisturbances(random: SeededRandom, weeks: number): readonly PlannedDisturbance[] {
  return Array.from({ length: weeks }, (_, week) => week).flatMap((week) => {
    const count = [0, 1, 1, 2, 3][random.below(5)] ?? 0
    return Array.from({ length: count }, () => {
      const { begin } = random.pick([BUSY, BUSY, QUIET])
      const boundary = begin + Math.max(0, Math.ceil((BEGINNING + week * WEEK - begin) / WEEK)) * WEEK
      const isNear = random.below(3) > 0
      const at = isNear ? boundary - HOUR + random.below(2 * HOUR) : BEGINNING + week * WEEK + random.below(WEEK)
      return { at, disturbance: anyOf(random) }
    })
  })
}

function anyOf(random: SeededRandom): Disturbance {
  const [times, offFor] = [1 + random.below(3), 1 + random.below(HOUR)]
  const community = random.below(TALKS.length)
  return random.pick<() => Disturbance>([
    () => ({ type: 'FILE_FAULT', code: random.pick(FILE_ERRORS), after: random.below(40), times }),
    () => ({ type: 'FILE_FAULT', code: random.pick(FILE_ERRORS), after: random.below(40), times: 1 }),
    () => ({ type: 'SIGN_FAULTS', times: 2 * times }),
    () => ({ type: 'REFUSALS', times: 2 * times }),
    () => ({ type: 'DEATH', step: 'COMMAND', after: random.below(12), offFor }),
    () => ({ type: 'DEATH', step: 'FILE_STEP', after: random.below(40), offFor }),
    () => ({ type: 'KILL', offFor }),
    () => ({ type: 'STOP', offFor }),
    () => ({ type: 'CLIENT_DIES', offFor: random.below(600) }),
    () => ({ type: 'CLOCK', skew: random.below(2 * MOST_SKEW) - MOST_SKEW }),
    () => ({ type: 'CLOCK', skew: random.below(2 * MOST_SKEW) - MOST_SKEW }),
    () => ({ type: 'SWITCH', what: random.pick(SWITCHES), community, offFor }),
  ])()
}
