import { setImmediate } from 'node:timers/promises'
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

test('a piece is let go of once its bytes are taken', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const buffer = new GrowingBuffer()
  const memories: WeakRef<ArrayBufferLike>[] = []
  for (let count = 0; count < 200; count += 1) {
    // As a socket gives them: few bytes, in memory that could hold many.
    const piece = Buffer.allocUnsafeSlow(65_536).subarray(0, 1)
    memories.push(new WeakRef(piece.buffer))
    buffer.append(piece)
  }
  // What was looked at by a weak reference is kept until the turn is over.
  await setImmediate()
  collect()

  expect(buffer.whole()).toHaveLength(200)
  expect(memories.filter((memory) => memory.deref() !== undefined).length).toBeLessThan(20)
})
