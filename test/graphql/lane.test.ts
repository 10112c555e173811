import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLane } from '../../src/graphql/lane.ts'

test('a few begin at a time, in their order, and others are heard in between', async () => {
  const lane = createLane(2)
  const heard: string[] = []
  const begin = async (name: string): Promise<void> => {
    await lane.enter()
    heard.push(name)
  }
  const all = ['a', 'b', 'c', 'd', 'e'].map(begin)
  await Promise.resolve().then(() => heard.push('promises'))
  const between = async (): Promise<void> => {
    await setImmediate()
    heard.push('others')
    await setImmediate()
    heard.push('others')
  }
  await Promise.all([...all, between()])
  expect(heard).toEqual(['a', 'b', 'promises', 'c', 'd', 'others', 'e', 'others'])
  // Long after, it is as in the beginning.
  await setImmediate()
  await Promise.all(['f', 'g'].map(begin))
  expect(heard.slice(-2)).toEqual(['f', 'g'])
})
