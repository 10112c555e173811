import { describe, expect, test } from 'vitest'
import { checkClock, checkNodeVersion, type ClockStart } from '../../../src/app/doctor/check-machine.ts'

const NOON = Date.parse('2026-12-01T12:00:00Z')

/** Both clocks, some time after they were first looked at. */
function after(wallMs: number, monotonicMs = wallMs): ClockStart {
  return { wallMs: NOON + wallMs, monotonicMs }
}

describe('the clock', () => {
  test('is good where it goes as the other does, and no event was recorded later', () => {
    expect(checkClock(after(0), NOON - 1, after(5000))).toMatchObject({ result: 'GOOD' })
    expect(checkClock(after(0), null, after(5000))).toMatchObject({ result: 'GOOD' })
  })

  test('is bad where an event was recorded later than now', () => {
    const found = '2026-12-01T12:00:00.000Z, but an event was recorded 60 s later than that'
    expect(checkClock(after(0), NOON + 60_000, after(0))).toMatchObject({ result: 'BAD', found })
  })

  test('is bad in a year before the program, or long after', () => {
    const at = (date: string): ClockStart => ({ wallMs: Date.parse(date), monotonicMs: 0 })
    expect(checkClock(at('1970-01-01'), null, at('1970-01-01'))).toMatchObject({ result: 'BAD' })
    expect(checkClock(at('2200-01-01'), null, at('2200-01-01'))).toMatchObject({ result: 'BAD' })
  })

  test('is warned of where it jumps', () => {
    const found = 'it jumped by -60000 ms while this was examined'
    expect(checkClock(after(0), null, after(-59_000, 1000))).toMatchObject({ result: 'WARNING', found })
  })
})

describe('the version of Node', () => {
  test('is the one that package.json asks for, or a later one', () => {
    expect(checkNodeVersion('24.0.0')).toMatchObject({ result: 'GOOD' })
    expect(checkNodeVersion('23.11.1')).toMatchObject({ result: 'BAD' })
    expect(checkNodeVersion()).toMatchObject({ result: 'GOOD' })
  })
})
