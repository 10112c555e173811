import { GraphQLError } from 'graphql'
import type { Position } from '../../events/recorded-event.ts'
import type { Restore } from '../../projections/restores.ts'
import type { GraphqlContext } from '../context.ts'

/** In place of a cursor: everything from the first event on. */
export const START = 'START'

const CURSOR = /^([0-9a-f-]{36}):(0|[1-9]\d{0,15})$/

/** What names this log in cursors, and when it was brought back from a back-up. */
export interface CursorScope {
  readonly log: Pick<GraphqlContext['log'], 'logId' | 'head'>
  /** In order. */
  readonly restores: readonly Restore[]
}

/**
 * An opaque text that names an event of this log, and of no other: also of none that a back-up does not hold, which was
 * recorded behind the same one. An event's cursor stays what it was over a restore.
 */
export function formatCursor(position: Position, { log, restores }: Pick<CursorScope, 'restores'> & Named): string {
  const name = restores.findLast((restore) => restore.position <= position)?.incarnation ?? log.logId
  return Buffer.from(`${name}:${position}`).toString('base64url')
}

interface Named {
  readonly log: Pick<CursorScope['log'], 'logId'>
}

/**
 * The position that a cursor names.
 *
 * @throws GraphQLError `CURSOR_MALFORMED` for what no log ever gave out, and `CURSOR_NOT_IN_THIS_LOG`
 *   for a cursor of another log, of an event that was lost before a restore, or beyond the newest event.
 */
export function parseCursor(cursor: string, { log, restores }: CursorScope): Position {
  if (cursor === START) return 0 as Position
  const bytes = Buffer.from(cursor, 'base64url')
  const [, name, digits] = CURSOR.exec(bytes.toString('latin1')) ?? []
  const position = Number(digits)
  // Encoding is checked too, as Node skips over what is not base64url.
  if (name === undefined || bytes.toString('base64url') !== cursor || !Number.isSafeInteger(position)) {
    throw cursorMalformed(`a cursor that this API gave out, or "${START}"`)
  }
  const end = endOf(name, { log, restores })
  if (end === null || position > end) {
    const known = end === null ? 'which is not this one' : `of which this one has the events up to ${end}`
    const now = restores.at(-1)?.incarnation ?? log.logId
    throw new GraphQLError(
      `The cursor names event ${position} of log ${name}, ${known}: this is log ${now}. "${START}" reads it from the beginning.`,
      { extensions: { code: 'CURSOR_NOT_IN_THIS_LOG' } },
    )
  }
  return position as Position
}

/** The last event of this log that a log's id, or an incarnation, stands for; null where it stands for none. */
function endOf(name: string, { log, restores }: CursorScope): number | null {
  const names = [log.logId, ...restores.map(({ incarnation }) => incarnation)]
  const index = names.indexOf(name)
  if (index === -1) return null
  const next = restores[index]
  return next === undefined ? log.head() : next.position - 1
}

/** What a cursor that cannot be read is refused with. */
export function cursorMalformed(expected: string): GraphQLError {
  return new GraphQLError(`Expected ${expected}.`, { extensions: { code: 'CURSOR_MALFORMED' } })
}
