import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { LogId, Position } from '../../../src/events/recorded-event.ts'
import { formatCursor, parseCursor, type CursorScope } from '../../../src/graphql/scalars/cursor.ts'
import type { Restore } from '../../../src/projections/restores.ts'

const LOG = '00000000-0000-4000-8000-000000000000' as LogId
const FIRST = '11111111-1111-4111-8111-111111111111'
const SECOND = '22222222-2222-4222-8222-222222222222'

function scope(head: number, ...restores: readonly (readonly [position: number, incarnation: string])[]): CursorScope {
  return { log: { logId: LOG, head: () => head as Position }, restores: restores.map(restoreOf) }
}

function restoreOf([position, incarnation]: readonly [number, string]): Restore {
  return { position: position as Position, incarnation, restoredAt: 0 as Restore['restoredAt'] }
}

/** The code that a cursor which one log gave out is refused with by another; else the position that it names there. */
function read(position: number, from: CursorScope, by: CursorScope): unknown {
  try {
    return parseCursor(formatCursor(position as Position, from), by)
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions['code'] : error
  }
}

const lost = scope(20)
const restored = scope(20, [11, FIRST])

describe('a cursor', () => {
  test('of before the fork stays what it was', () => {
    expect(formatCursor(10 as Position, restored)).toBe(formatCursor(10 as Position, lost))
    for (const position of [0, 1, 10]) expect(read(position, lost, restored)).toBe(position)
  })

  test('of what was lost is refused by name, though the log has as many events again', () => {
    for (const position of [11, 12, 20]) expect(read(position, lost, restored)).toBe('CURSOR_NOT_IN_THIS_LOG')
  })

  test('of what was lost is refused with the name that the log has now', () => {
    const cursor = formatCursor(12 as Position, lost)
    expect(() => parseCursor(cursor, restored)).toThrow(`up to 10: this is log ${FIRST}. "START" reads it`)
  })

  test('of behind the restore names its event, and none of the log that was lost or beyond the newest', () => {
    for (const position of [11, 20]) expect(read(position, restored, restored)).toBe(position)
    expect(read(11, restored, lost)).toBe('CURSOR_NOT_IN_THIS_LOG')
    expect(read(21, restored, restored)).toBe('CURSOR_NOT_IN_THIS_LOG')
  })

  test('of each incarnation counts up to the restore that ended it', () => {
    const twice = scope(30, [11, FIRST], [16, SECOND])
    expect([10, 11, 15, 16, 20].map((position) => read(position, restored, twice))).toEqual([
      10,
      11,
      15,
      'CURSOR_NOT_IN_THIS_LOG',
      'CURSOR_NOT_IN_THIS_LOG',
    ])
    expect([10, 15, 16, 30].map((position) => read(position, twice, twice))).toEqual([10, 15, 16, 30])
    // The same back-up, brought back once more.
    const again = scope(30, [11, SECOND])
    expect([10, 11, 15].map((position) => read(position, restored, again))).toEqual([
      10,
      'CURSOR_NOT_IN_THIS_LOG',
      'CURSOR_NOT_IN_THIS_LOG',
    ])
  })
})
