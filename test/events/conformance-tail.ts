import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { BEFORE_ALL, type Position } from '../../src/events/recorded-event.ts'
import { appendOf, seedingStarted } from '../support/sample-events.ts'
import { take } from '../support/take.ts'
import type { OpenLog } from './conformance.ts'

const idle = new AbortController().signal

/** What following a log must do: the part of the conformance suite about `tail`. */
export function describeTail(openLog: OpenLog): void {
  test('crosses from backlog to live under concurrent appends: no gap, no duplicate, in order', async () => {
    const log = openLog()
    let version = 0
    const grow = async (count: number): Promise<void> => {
      const events = Array.from({ length: count }, (_, index) => seedingStarted(version + index))
      await log.append([{ ...appendOf([seedingStarted(0)], version), events }])
      version += count
    }
    await grow(1700)
    const followers = [0, 0, 3, 1699, 1700, 2500].map(async (after) => {
      const positions: number[] = []
      for await (const { position } of log.tail(after as Position, idle)) {
        positions.push(position)
        if (position % 97 === 0) await setImmediate() // Some are slower than others.
        if (position === 3000) break
      }
      expect(positions).toEqual(Array.from({ length: 3000 - after }, (_, index) => after + index + 1))
    })
    while (version < 3000) {
      await grow(Math.min(1 + (version % 13), 3000 - version))
      if (version % 3 === 0) await setImmediate()
    }
    await Promise.all(followers)
  })

  test('gives a follower who stopped to think everything it missed', async () => {
    const log = openLog()
    await log.append([appendOf([seedingStarted(0)], 0)])
    const tail = log.tail(BEFORE_ALL, idle)[Symbol.asyncIterator]()
    expect(await tail.next()).toMatchObject({ value: { position: 1 } })
    for (let version = 1; version < 4001; version += 400) {
      const events = Array.from({ length: 400 }, (_, index) => seedingStarted(version + index))
      await log.append([{ ...appendOf([seedingStarted(0)], version), events }])
    }
    const rest = await take({ [Symbol.asyncIterator]: () => tail }, 4000)
    expect(rest.map(({ position }) => position)).toEqual(Array.from({ length: 4000 }, (_, index) => index + 2))
  })

  test('beyond the head waits until the log gets there', async () => {
    const log = openLog()
    const next = take(log.tail(2 as Position, idle), 1)
    for (let version = 0; version < 3; version++) await log.append([appendOf([seedingStarted(version)], version)])
    expect(await next).toMatchObject([{ position: 3 }])
  })

  test('ends when the signal aborts while it waits, and leaves no listener behind', async () => {
    const log = openLog()
    const abort = new AbortController()
    const all = Array.fromAsync(log.tail(BEFORE_ALL, abort.signal))
    await log.append([appendOf([seedingStarted(1)], 0)])
    await setImmediate()
    expect(getEventListeners(abort.signal, 'abort')).not.toHaveLength(0)
    abort.abort()
    expect(await all).toHaveLength(1)
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
  })

  test('is over at once when the signal was aborted before', async () => {
    const log = openLog()
    await log.append([appendOf([seedingStarted(1)], 0)])
    expect(await Array.fromAsync(log.tail(BEFORE_ALL, AbortSignal.abort()))).toEqual([])
  })

  test('ends when the consumer breaks off, and leaves no listener behind', async () => {
    const log = openLog()
    const { signal } = new AbortController()
    await log.append([appendOf([seedingStarted(1), seedingStarted(2)], 0)])
    expect(await take(log.tail(BEFORE_ALL, signal), 1)).toHaveLength(1)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('ends when the consumer returns while it waits', async () => {
    const log = openLog()
    const { signal } = new AbortController()
    const tail = log.tail(BEFORE_ALL, signal)[Symbol.asyncIterator]()
    const next = tail.next()
    await setImmediate()
    expect(await tail.return?.()).toMatchObject({ done: true })
    expect(await next).toMatchObject({ done: true })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('ends when the log closes', async () => {
    const log = openLog()
    const all = Array.fromAsync(log.tail(BEFORE_ALL, idle))
    await setImmediate()
    await log.close()
    expect(await all).toEqual([])
  })
}
