import { expect, test } from 'vitest'
import { createReactorLags } from '../../../src/app/telemetry/reactor-lags.ts'
import { systemClock } from '../../../src/app/system-clock.ts'
import type { Position } from '../../../src/events/recorded-event.ts'
import { createReactor } from '../../../src/reactors/reactor.ts'

const at = (position: number): Position => position as Position

test('a reactor is behind from the event that woke it on, until a look that knows of it ended well', async () => {
  const looks: PromiseWithResolvers<null>[] = []
  const react = async (): Promise<null> => {
    const look = Promise.withResolvers<null>()
    looks.push(look)
    return look.promise
  }
  const seeding = createReactor({ name: 'seeding', react, wallClock: systemClock, onFault: () => undefined })
  const idle = createReactor({ name: 'archiving', react, wallClock: systemClock, onFault: () => undefined })
  const lags = createReactorLags({ seeding, archiving: idle }, at(10))
  const follow = (position: number, isWaking: boolean): void => {
    if (isWaking) {
      lags.waking('seeding', at(position))
      seeding.wake()
    }
    lags.followed(at(position))
  }
  const lagsAt = (head: number): unknown => Object.fromEntries(lags.lags(at(head)))

  expect(lagsAt(10)).toEqual({ seeding: 0, archiving: 0 })
  expect(lagsAt(12)).toEqual({ seeding: 2, archiving: 2 })
  follow(11, true)
  follow(12, false)
  expect(lagsAt(12)).toEqual({ seeding: 2, archiving: 0 })

  // While the first look goes on, two more events wake it: one more look will know of both.
  follow(13, true)
  follow(14, true)
  looks[0]?.resolve(null)
  await expect.poll(() => looks.length).toBe(2)
  expect(lagsAt(14)).toEqual({ seeding: 2, archiving: 0 })
  // A look that failed has taken nothing into account.
  looks[1]?.reject(new Error('The log cannot be read'))
  await seeding.settled()
  expect(lagsAt(14)).toEqual({ seeding: 2, archiving: 0 })
  seeding.wake()
  looks[2]?.resolve(null)
  await seeding.settled()
  expect(lagsAt(14)).toEqual({ seeding: 0, archiving: 0 })
  await seeding.stop()
})
