import { getEventListeners } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LiveCallers, type LiveCallersOptions } from '../../src/access/live-callers.ts'
import { EVERYTHING } from '../../src/domain/access.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import { createMovableClock } from '../support/movable-clock.ts'

const DAY_MS = 86_400_000

function open(options: Omit<LiveCallersOptions, 'clock'> = {}) {
  const clock = createMovableClock()
  const callers = new LiveCallers({ clock, ...options })
  const admit = (key: string, actor: `jwt:${string}` = `jwt:${key}`, expiresAt: UnixMillis | null = null) =>
    callers.admit(key, { actor, grant: EVERYTHING, expiresAt })
  return {
    clock,
    admit,
    find: (key: string) => callers.find(key),
    end: (key: string) => callers.end(key),
    stop: () => callers.stop(),
  }
}

describe('callers', () => {
  test('are one for each key, until it ends', () => {
    const { admit, find, end } = open()
    const caller = admit('a')
    expect(find('a')).toBe(caller)
    expect(find('b')).toBeNull()
    end('a')
    expect(caller.ended?.aborted).toBe(true)
    expect(find('a')).toBeNull()
    expect(admit('a').ended?.aborted).toBe(false)
  })

  test('end when their time is over, also months from now, and not before it where the clock is set back', () => {
    const { admit, clock } = open()
    const at = (clock.now() + 90 * DAY_MS) as UnixMillis
    const { ended } = admit('a', 'jwt:a', at)
    clock.jumpBy(-DAY_MS)
    clock.advanceTo((at - 1) as UnixMillis)
    expect(ended?.aborted).toBe(false)
    clock.advanceTo(at)
    expect(ended?.aborted).toBe(true)
  })

  test('are not found any more once their time is over, also before anybody was called', () => {
    let now = 1_000 as UnixMillis
    const callers = new LiveCallers({ clock: { now: () => now, wakeAt: () => () => undefined } })
    const { ended } = callers.admit('a', { actor: 'jwt:a', grant: EVERYTHING, expiresAt: 2_000 as UnixMillis })
    now = 2_000 as UnixMillis
    expect(callers.find('a')).toBeNull()
    expect(ended?.aborted).toBe(true)
  })

  test('that are too many for one actor end in the order in which their tokens were shown, and no others', () => {
    const { admit, find } = open({ limitOfActor: 2 })
    const other = admit('other')
    const [first, second] = [admit('1', 'jwt:a'), admit('2', 'jwt:a')]
    find('1')
    admit('3', 'jwt:a')
    expect([first, second, other].map(({ ended }) => ended?.aborted)).toEqual([false, true, false])
  })

  test('that are too many in all end in that order too', () => {
    const { admit, find } = open({ limit: 2 })
    const [first, second] = [admit('1'), admit('2')]
    find('1')
    admit('3')
    expect([first, second].map(({ ended }) => ended?.aborted)).toEqual([false, true])
  })

  test('are waited for by nobody once they ended, or all is stopped', () => {
    const { admit, end, stop, clock } = open()
    admit('a', 'jwt:a', (clock.now() + 1_000) as UnixMillis)
    end('a')
    expect(clock.nextWakeAt()).toBeNull()
    const { ended } = admit('b', 'jwt:b', (clock.now() + 1_000) as UnixMillis)
    stop()
    expect(clock.nextWakeAt()).toBeNull()
    expect(ended?.aborted).toBe(false)
  })

  test('can have a thousand sockets without a warning', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warn)
    onTestFinished(() => void process.off('warning', warn))
    const { ended } = new LiveCallers({ clock: systemClock }).admit('a', {
      actor: 'jwt:a',
      grant: EVERYTHING,
      expiresAt: null,
    })
    for (let socket = 0; socket < 1_000; socket += 1) ended?.addEventListener('abort', () => undefined)
    // Warnings are told in the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    expect(ended && getEventListeners(ended, 'abort')).toHaveLength(1_000)
    expect(warnings).toEqual([])
  })
})
