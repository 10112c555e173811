import { GraphQLError } from 'graphql'
import { findMoment, type Moment, type MomentRefusal } from '../../audit/find-moment.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { Position } from '../../events/recorded-event.ts'
import { builder } from '../builder.ts'
import type { GraphqlContext } from '../context.ts'
import { formatDateTime } from './date-time.ts'
import { inputError } from './input-error.ts'

/** A moment as a client names it: by one of the two. */
export interface MomentInputValue {
  readonly position?: Position | null | undefined
  readonly time?: UnixMillis | null | undefined
}

export const MomentInput = builder.inputRef<MomentInputValue>('MomentInput').implement({
  description: 'A point in the past: give either the position or the time.',
  fields: (t) => ({
    position: t.field({
      type: 'Position',
      required: false,
      description: 'Right after the event at this position; "0" is before the first.',
    }),
    time: t.field({ type: 'DateTime', required: false, description: 'With all that was recorded by then.' }),
  }),
})

/**
 * The position of the newest event at a moment.
 *
 * @throws An input error unless one of the two is given; GraphQLError `POSITION_BEYOND_HEAD` or `TIME_BEFORE_LOG`.
 */
export async function positionOf(
  { position, time }: MomentInputValue,
  argument: string,
  { log, turns }: Pick<GraphqlContext, 'log' | 'turns'>,
): Promise<Position> {
  const moment: Moment | null = position == null ? (time == null ? null : { time }) : time == null ? { position } : null
  if (moment === null) throw inputError(argument, 'Give either "position" or "time", and not both.')
  const found = await turns.read(async () => findMoment(moment, log))
  if (!found.ok) throw refused(found.error)
  return found.value
}

function refused(refusal: MomentRefusal): GraphQLError {
  switch (refusal.type) {
    case 'PositionBeyondHead': {
      const message = `There is no event ${refusal.position}: the newest is ${refusal.head}.`
      return new GraphQLError(message, { extensions: { code: 'POSITION_BEYOND_HEAD' } })
    }
    case 'TimeBeforeLog': {
      const { time, firstAt } = refusal
      const first = firstAt === null ? 'nothing ever was' : `the first event is of ${formatDateTime(firstAt)}`
      const message = `Nothing was recorded by ${formatDateTime(time)}: ${first}.`
      return new GraphQLError(message, { extensions: { code: 'TIME_BEFORE_LOG' } })
    }
  }
}
