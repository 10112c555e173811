import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createTellingReactor, type Listener, type TellingOutcome } from '../../src/reactors/telling-reactor.ts'
import type { Reactor } from '../../src/reactors/reactor.ts'
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts'
import { webhookId } from '../support/webhook-facts.ts'

/** One that is being told, until the test says what came of it. */
interface Telling {
  readonly listener: Listener
  readonly signal: AbortSignal
  readonly end: (outcome: TellingOutcome) => void
  readonly fail: (fault: unknown) => void
}

const ONE: Listener = { webhookId: webhookId(1), nextTryAt: null }
const TWO: Listener = { webhookId: webhookId(2), nextTryAt: null }

let listeners: Listener[]
let tellings: Telling[]
let faults: unknown[]
let clock: MovableClock
let reactor: Reactor

beforeEach(() => {
  listeners = [ONE, TWO]
  tellings = []
  faults = []
  clock = createMovableClock()
  reactor = createTellingReactor({
    readListeners: async () => listeners,
    async tellNext(listener, signal) {
      const { promise, resolve: end, reject: fail } = Promise.withResolvers<TellingOutcome>()
      tellings.push({ listener, signal, end, fail })
      signal.addEventListener('abort', () => end('NOTHING'))
      return promise
    },
    wallClock: clock,
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => reactor.stop())
})

/** Lets all that goes on without the test go on. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}

function toldIds(): readonly string[] {
  return tellings.map(({ listener }) => listener.webhookId.slice(-1))
}

test('each is told one thing at a time, and nobody waits for another', async () => {
  reactor.wake()
  await turn()
  reactor.wake()
  await turn()
  expect(toldIds()).toEqual(['1', '2'])
  tellings[1]?.end('TRIED')
  await turn()
  expect(toldIds()).toEqual(['1', '2', '2'])
})

test('what comes in while one finds nothing to be told is looked for again, and then no more', async () => {
  listeners = [ONE]
  reactor.wake()
  await turn()
  reactor.wake()
  await turn()
  tellings[0]?.end('NOTHING')
  await turn()
  expect(toldIds()).toEqual(['1', '1'])
  tellings[1]?.end('NOTHING')
  await reactor.settled()
  expect(toldIds()).toEqual(['1', '1'])
})

test('one that failed waits for its time, and for no longer where the clock was set back', async () => {
  listeners = [{ ...ONE, nextTryAt: (clock.now() + 5_000) as UnixMillis }]
  reactor.wake()
  await turn()
  clock.advanceBy(4_999)
  await turn()
  expect(toldIds()).toEqual([])
  clock.advanceBy(1)
  await turn()
  expect(toldIds()).toEqual(['1'])
  tellings[0]?.end('NOTHING')
  clock.jumpBy(-86_400_000)
  reactor.wake()
  await turn()
  expect(toldIds()).toEqual(['1', '1'])
})

test('one that cannot even be tried is left alone for a while, and told of', async () => {
  reactor.wake()
  await turn()
  const fault = new Error('The disk is full')
  tellings[0]?.fail(fault)
  tellings[1]?.end('NOTHING')
  await turn()
  reactor.wake()
  await turn()
  expect([toldIds(), faults]).toEqual([['1', '2', '2'], [fault]])
  clock.advanceBy(10_000)
  await turn()
  expect(toldIds()).toEqual(['1', '2', '2', '1'])
})

test('stopping ends what is under way', async () => {
  reactor.wake()
  await turn()
  await reactor.stop()
  expect(tellings.map(({ signal }) => signal.aborted)).toEqual([true, true])
})
