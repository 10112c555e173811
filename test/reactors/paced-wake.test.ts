import { expect, test } from 'vitest'
import { createPacedWake } from '../../src/reactors/paced-wake.ts'
import { createMovableClock } from '../support/movable-clock.ts'

test('a wake-up is passed on at once, and those of the next ten seconds as one at their end', () => {
  const clock = createMovableClock()
  const start = clock.now()
  const woken: number[] = []
  const paced = createPacedWake(() => woken.push(clock.now() - start), clock)
  for (const waitMs of [0, 1, 9_998]) {
    clock.advanceBy(waitMs)
    paced.wake()
  }
  expect(woken).toEqual([0])
  clock.advanceBy(25_000)
  expect(woken).toEqual([0, 10_000])
  paced.wake()
  paced.wake()
  paced.stop()
  expect(clock.nextWakeAt()).toBeNull()
  paced.wake()
  expect(woken).toEqual([0, 10_000, 34_999])
})

test('a clock that is set back does not make it wait', () => {
  const clock = createMovableClock()
  let wakes = 0
  const paced = createPacedWake(() => (wakes += 1), clock)
  paced.wake()
  clock.jumpBy(-86_400_000)
  paced.wake()
  expect(wakes).toBe(2)
})
