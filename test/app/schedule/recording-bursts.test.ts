import { expect, test } from 'vitest'
import { createRecordingBursts } from '../../../src/app/schedule/recording-bursts.ts'
import { createMovableClock } from '../../support/movable-clock.ts'
import { communityNumber } from '../../support/sample-wishes.ts'

const community = communityNumber(1)

test('a burst lasts until it was quiet for ten seconds', () => {
  const clock = createMovableClock()
  const start = clock.now()
  const bursts = createRecordingBursts(clock.now)
  expect(bursts.until(community)).toBeNull()
  bursts.note(community)
  clock.advanceBy(9_999)
  bursts.note(community)
  expect(bursts.until(community)).toBe(start + 19_999)
  expect(bursts.until(communityNumber(2))).toBeNull()
  clock.advanceBy(10_000)
  expect(bursts.until(community)).toBeNull()
  bursts.note(community)
  expect(bursts.until(community)).toBe(start + 29_999)
})

test('nobody waits for more than five minutes of a burst that does not end', () => {
  const clock = createMovableClock()
  const start = clock.now()
  const bursts = createRecordingBursts(clock.now)
  for (let second = 0; second < 299; second += 1) {
    bursts.note(community)
    clock.advanceBy(1_000)
  }
  expect(bursts.until(community)).toBe(start + 300_000)
  clock.advanceBy(1_000)
  expect(bursts.until(community)).toBeNull()
  bursts.note(community)
  expect(bursts.until(community)).toBeNull()
})

test('a clock that was set back ends it', () => {
  const clock = createMovableClock()
  const bursts = createRecordingBursts(clock.now)
  bursts.note(community)
  clock.jumpBy(-1)
  expect(bursts.until(community)).toBeNull()
  bursts.note(community)
  expect(bursts.until(community)).toBe(clock.now() + 10_000)
})
