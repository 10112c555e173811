import { expect, test } from 'vitest'
import type { EventQuery } from '../../src/events/event-log.ts'
import { isIndexed, splitWindow, type PositionQuery } from '../../src/events/event-query.ts'
import type { Position } from '../../src/events/recorded-event.ts'

/** The windows that a query is read in, one after the other. */
function windowsOf(query: Omit<EventQuery, 'limit'>, head: number, size: number): readonly (readonly number[])[] {
  const windows: number[][] = []
  let rest: PositionQuery | null = { ...query, limit: 1 }
  while (rest !== null) {
    const split: ReturnType<typeof splitWindow> = splitWindow(rest, head as Position, size)
    const { after = 0, before = Infinity } = split.first
    const end = Math.min(before, head + 1)
    windows.push(Array.from({ length: end - after - 1 }, (_, index) => after + 1 + index))
    rest = split.rest
  }
  return windows
}

test.each([
  [
    'from the beginning',
    {},
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ],
  ],
  [
    'from the end',
    { order: 'DESC' },
    [
      [7, 8, 9, 10],
      [3, 4, 5, 6],
      [1, 2],
    ],
  ],
  [
    'within a range',
    { after: 2, before: 9 },
    [
      [3, 4, 5, 6],
      [7, 8],
    ],
  ],
  [
    'within a range, from its end',
    { after: 2, before: 9, order: 'DESC' },
    [
      [5, 6, 7, 8],
      [3, 4],
    ],
  ],
  ['beyond the head', { after: 8, before: 100 }, [[9, 10]]],
] as const)(
  'a query that no index serves is read in windows that touch and do not overlap: %s',
  (_what, query, expected) => {
    expect(windowsOf(query as never, 10, 4)).toEqual(expected)
  },
)

test('only a query by type or actor alone has no index', () => {
  expect(isIndexed({ limit: 1 })).toBe(true)
  expect(isIndexed({ limit: 1, types: ['NodeStarted'], correlationId: 'x' })).toBe(true)
  expect(isIndexed({ limit: 1, types: ['NodeStarted'] })).toBe(false)
  expect(isIndexed({ limit: 1, actor: 'local' })).toBe(false)
})
