import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { EventQuery } from '../../src/events/event-log.ts'
import { isIndexed, splitWindow, type KeyedQuery } from '../../src/events/event-query.ts'
import { NODE_STREAM, streamOf, type Position } from '../../src/events/recorded-event.ts'
import { appendOf, communityNumber, sampleMeta, seedingStarted, streamNumber } from '../support/sample-events.ts'
import { openTemporaryLog } from '../support/temporary-log.ts'

/** The windows that a query is read in, one after the other. */
function windowsOf(query: Omit<EventQuery, 'limit'>, head: number, size: number): readonly (readonly number[])[] {
  const windows: number[][] = []
  let rest: KeyedQuery | null = { ...query, limit: 1 }
  while (rest !== null) {
    const split: ReturnType<typeof splitWindow> = splitWindow(rest, head, size)
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

test('an index leads to a stream and to what has a correlation id in common, and to nothing else', () => {
  expect(isIndexed({ limit: 1 })).toBe(true)
  expect(isIndexed({ limit: 1, stream: NODE_STREAM, correlationId: 'x' })).toBe(true)
  expect(isIndexed({ limit: 1, types: ['NodeStarted'], correlationId: 'x' })).toBe(false)
  expect(isIndexed({ limit: 1, types: ['NodeStarted'] })).toBe(false)
  expect(isIndexed({ limit: 1, actor: 'local' })).toBe(false)
})

/** Whether others have their turn before there is an answer, which has to be nothing. */
async function letsOthersIn(ask: () => Promise<readonly number[]>): Promise<boolean> {
  let isAnswered = false
  const turn = setImmediate().then(() => !isAnswered)
  const answer = ask().finally(() => (isAnswered = true))
  const wereOthersFirst = await turn
  expect(await answer).toEqual([])
  return wereOthersFirst
}

test('what is long of a stream, or of a correlation id, is read in turns, and nothing twice or not at all', async () => {
  const log = openTemporaryLog()
  const facts = Array.from({ length: 5_600 }, (_, number) => seedingStarted(number))
  const [one, other] = [1, 2].map((number) => facts.map((fact) => ({ ...fact, communityId: communityNumber(number) })))
  if (one === undefined || other === undefined) expect.unreachable()
  // The streams take turns, so that the versions of neither are its positions.
  for (const from of [0, 2_800]) {
    for (const all of [one, other]) {
      const events = all.slice(from, from + 2_800)
      await log.append([
        { ...appendOf([seedingStarted(0)], from), stream: streamOf(events[0] ?? expect.unreachable()), events },
      ])
    }
  }
  const { correlationId } = sampleMeta
  const stream = streamNumber(2)
  const positionsOf = async (query: Omit<EventQuery, 'limit'>): Promise<readonly number[]> =>
    (await log.read({ ...query, limit: 1000 })).map(({ position }) => position)
  const first = (await log.read({ stream, limit: 1 }))[0]
  const [last] = await log.read({ stream, limit: 1, order: 'DESC' })
  expect([first?.position, last?.position]).toEqual([2_801, 11_200])
  for (const order of ['ASC', 'DESC'] as const) {
    for (const by of [{ stream }, { correlationId }, { stream, correlationId }]) {
      for (const { id, position } of [first, last].filter((each) => each !== undefined)) {
        expect(await positionsOf({ ...by, order, id })).toEqual([position])
        expect(await positionsOf({ ...by, order, id, after: position })).toEqual([])
        expect(await positionsOf({ ...by, order, id, before: position })).toEqual([])
      }
      expect(await letsOthersIn(async () => positionsOf({ ...by, order, actor: 'cli' }))).toBe(true)
    }
  }
  const around = { after: 5_599 as Position, before: 8_403 as Position }
  // Where another stream has its turn.
  const [from, to] = [5_599 as Position, 7_000 as Position]
  expect(await positionsOf({ stream, after: from, before: to })).toEqual([5_600])
  expect(await positionsOf({ stream, after: to, before: 8_402 as Position, order: 'DESC' })).toEqual([8_401])
  expect(await positionsOf({ stream, ...around })).toEqual([5_600, 8_401, 8_402])
  expect(await positionsOf({ stream, ...around, actor: 'local', order: 'DESC' })).toEqual([8_402, 8_401, 5_600])
})
