import type { Logger } from 'pino'
import type { CausedGoal } from '../../reactors/attempts.ts'

/** Tells of what a reactor met and will try again, under the wish that it was for, where it is known. */
export function logReactorFault(log: Pick<Logger, 'error'>): (err: unknown, goal?: CausedGoal) => void {
  return (err, goal) => {
    const about = goal && { communityId: goal.communityId, goal: goal.thing, correlationId: goal.correlationId }
    log.error({ err, ...about }, 'A reactor failed, and will try again')
  }
}
