import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrowingBuffer } from '../../../src/graphql/transport/growing-buffer.ts'

test('what came in pieces is what was sent, whatever they were', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }), (pieces) => {
      const buffer = new GrowingBuffer()
      for (const piece of pieces) buffer.append(piece)
      expect(buffer.whole().equals(Buffer.concat(pieces))).toBe(true)
    }),
  )
})

test('a piece is let go of once its bytes are taken', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const buffer = new GrowingBuffer()
  collect()
  const before = process.memoryUsage().arrayBuffers
  // As a socket gives them: few bytes, in memory that could hold many.
  for (let count = 0; count < 2000; count += 1) buffer.append(Buffer.allocUnsafeSlow(65_536).subarray(0, 1))
  collect()

  expect(buffer.whole()).toHaveLength(2000)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})
