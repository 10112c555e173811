import { GraphQLError } from 'graphql'
import type { LogId, Position } from '../../events/recorded-event.ts'
import type { GraphqlContext } from '../context.ts'

/** In place of a cursor: everything from the first event on. */
export const START = 'START'

const CURSOR = /^([0-9a-f-]{36}):(0|[1-9]\d{0,15})$/

/** An opaque text that names an event of this log, and of no other. */
export function formatCursor(logId: LogId, position: Position): string {
  return Buffer.from(`${logId}:${position}`).toString('base64url')
}

/**
 * The position that a cursor names.
 *
 * @throws GraphQLError `CURSOR_MALFORMED` for what no log ever gave out, and `CURSOR_NOT_IN_THIS_LOG`
 *   for a cursor of another log or beyond the newest event.
 */
export function parseCursor(cursor: string, { log }: Pick<GraphqlContext, 'log'>): Position {
  if (cursor === START) return 0 as Position
  const bytes = Buffer.from(cursor, 'base64url')
  const [, logId, digits] = CURSOR.exec(bytes.toString('latin1')) ?? []
  const position = Number(digits)
  // Encoding is checked too, as Node skips over what is not base64url.
  if (digits === undefined || bytes.toString('base64url') !== cursor || !Number.isSafeInteger(position)) {
    throw cursorMalformed(`a cursor that this API gave out, or "${START}"`)
  }
  const head = log.head()
  if (logId !== log.logId || position > head) {
    throw new GraphQLError(
      `The cursor names event ${position} of log ${logId}; this is log ${log.logId}, whose newest event is ${head}.`,
      { extensions: { code: 'CURSOR_NOT_IN_THIS_LOG' } },
    )
  }
  return position as Position
}

/** What a cursor that cannot be read is refused with. */
export function cursorMalformed(expected: string): GraphQLError {
  return new GraphQLError(`Expected ${expected}.`, { extensions: { code: 'CURSOR_MALFORMED' } })
}
