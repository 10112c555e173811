import { expect, test } from 'vitest'
import { ByteBucket } from '../../src/bandwidth/byte-bucket.ts'

test('without a limit nobody waits', async () => {
  const bucket = new ByteBucket(null)
  await expect(Promise.all([bucket.take(1e12), bucket.take(1e12)])).resolves.toHaveLength(2)
})

test('with a limit the first is served first, and not before its time', async () => {
  const bucket = new ByteBucket(1_000_000)
  const begun = performance.now()
  const order: number[] = []
  await Promise.all([1, 2, 3].map(async (n) => bucket.take(20_000).then(() => order.push(n))))
  expect(order).toEqual([1, 2, 3])
  expect(performance.now() - begun).toBeGreaterThanOrEqual(59) // 60 kB at 1 MB/s, from an empty bucket.
})

test('a new limit counts for those who wait', async () => {
  const bucket = new ByteBucket(1)
  const taken = bucket.take(1_000_000)
  bucket.setRate(1e9)
  await expect(taken).resolves.toBeUndefined()
  bucket.setRate(1)
  const again = bucket.take(1_000_000)
  bucket.setRate(null)
  await expect(again).resolves.toBeUndefined()
})

test('who gives up is told why, takes nothing, and holds up nobody', async () => {
  const bucket = new ByteBucket(1_000_000)
  const stop = new AbortController()
  const first = bucket.take(1e12, stop.signal)
  const second = bucket.take(1_000)
  stop.abort(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  await second
  await expect(bucket.take(1, stop.signal)).rejects.toThrow('gone')
})
