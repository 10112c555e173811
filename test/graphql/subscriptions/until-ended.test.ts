import { expect, test } from 'vitest'
import { untilEnded } from '../../../src/graphql/subscriptions/until-ended.ts'
import { guardStream } from '../../../src/graphql/transport/guarded-stream.ts'
import { startOperation } from '../../../src/graphql/operation.ts'
import { callerOf } from '../../support/callers.ts'

/** A stream whose items come when the test says so, for a caller that may speak until `end`. */
function openStream() {
  const ended = new AbortController()
  const faults: unknown[] = []
  const released: string[] = []
  const waiting: ((item: string | undefined) => void)[] = []
  const context = {
    caller: callerOf('VIEWER', null, ended.signal),
    logFault: (fault: unknown) => void faults.push(fault),
    operation: startOperation('HTTP', {}),
  }
  const source = {
    pull: async () => new Promise<string | undefined>((resolve) => waiting.push(resolve)),
    release: async () => {
      released.push('released')
      waiting.forEach((resolve) => resolve(undefined))
    },
  }
  const stream = guardStream(untilEnded(source, context), context)
  return { stream, waiting, released, faults, end: () => ended.abort() }
}

test('a stream ends as its caller does, also while it waits', async () => {
  const { stream, waiting, released, faults, end } = openStream()
  const first = stream.next()
  waiting[0]?.('one')
  expect(await first).toEqual({ done: false, value: 'one' })

  const second = stream.next()
  end()
  expect(await second).toEqual({ done: true, value: undefined })
  expect(await stream.next()).toEqual({ done: true, value: undefined })
  expect([waiting.length, released.length > 0, faults]).toEqual([2, true, []])
})

test('what came as its caller ended is not given to it', async () => {
  const { stream, waiting, end } = openStream()
  const first = stream.next()
  waiting[0]?.('one')
  end()
  expect(await first).toEqual({ done: true, value: undefined })
})

test('who has ended before is given nothing, and a stream that ended of itself is released once', async () => {
  const late = openStream()
  late.end()
  expect(await late.stream.next()).toEqual({ done: true, value: undefined })
  expect(late.waiting).toEqual([])

  const left = openStream()
  await left.stream.return?.()
  left.end()
  expect(left.released).toEqual(['released'])
})
