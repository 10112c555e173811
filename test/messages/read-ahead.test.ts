import { expect, test } from 'vitest'
import { readAhead } from '../../src/messages/read-ahead.ts'

/** Counts to three, and tells what was asked of it. */
function countToThree(asked: string[], failAt = 0): AsyncGenerator<number, void> {
  return (async function* () {
    try {
      for (const item of [1, 2, 3]) {
        asked.push(`asked for ${item}`)
        await Promise.resolve()
        if (item === failAt) throw new Error(`No ${item}`)
        yield item
      }
    } finally {
      asked.push('ended')
    }
  })()
}

test('gives all items in order', async () => {
  expect(await Array.fromAsync(readAhead(countToThree([])))).toEqual([1, 2, 3])
})

test('has asked for the next item while the consumer holds one', async () => {
  const asked: string[] = []
  const items = readAhead(countToThree(asked))
  expect((await items.next()).value).toBe(1)
  expect(asked).toEqual(['asked for 1', 'asked for 2'])
  await items.return()
  expect(asked).toEqual(['asked for 1', 'asked for 2', 'ended'])
})

test('fails where the source failed, not before', async () => {
  const items = readAhead(countToThree([], 2))
  expect((await items.next()).value).toBe(1)
  await new Promise((resolve) => setImmediate(resolve))
  await expect(items.next()).rejects.toThrow('No 2')
})
