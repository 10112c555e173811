import { expect, test } from 'vitest'
import { createFollowLog } from '../../../src/app/following/follow-log.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import type { FollowState } from '../../../src/following/follow-state.ts'

const CONNECTED = { status: 'CONNECTED' } as const

function waiting(code: 'UNREACHABLE' | 'TIMED_OUT'): FollowState {
  return { status: 'WAITING', code, detail: 'ANYTHING_AT_ALL', nextTryAt: 0 as UnixMillis }
}

test('a followed node is told of when it comes and goes, and once when it stays away for a minute', () => {
  const lines: unknown[] = []
  const write = (level: string): never =>
    ((...line: readonly unknown[]) => lines.push([level, ...line])) as unknown as never
  let now = 0
  const tell = createFollowLog({ info: write('info'), warn: write('warn') }, () => now as UnixMillis)
  const said = (atMs: number, state: FollowState): readonly unknown[] => {
    now = atMs
    tell({ status: 'CONNECTING' })
    tell(state)
    return lines.splice(0)
  }
  expect(said(0, waiting('UNREACHABLE'))).toEqual([])
  expect(said(59_999, waiting('UNREACHABLE'))).toEqual([])
  expect(said(60_000, waiting('TIMED_OUT'))).toEqual([
    ['warn', { code: 'TIMED_OUT' }, 'Cannot reach a followed node, and goes on trying'],
  ])
  expect(said(600_000, waiting('TIMED_OUT'))).toEqual([])
  expect(said(700_000, CONNECTED)).toEqual([['info', 'Connected to a followed node']])
  expect(said(800_000, waiting('UNREACHABLE'))).toEqual([['info', { code: 'UNREACHABLE' }, 'Lost a followed node']])
  expect(said(859_999, waiting('UNREACHABLE'))).toEqual([])
  expect(said(860_000, waiting('UNREACHABLE'))).toHaveLength(1)
})
