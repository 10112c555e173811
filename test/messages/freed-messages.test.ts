import { expect, test } from 'vitest'
import type { EncodedMessage } from '../../src/formats/message-encoding.ts'
import { freedMessages } from '../../src/messages/freed-messages.ts'

const LARGE = 100_000

const messageOf = (bytes: Uint8Array): EncodedMessage => ({ bytes, chunkBytes: 0 })

test('a large message is whole until the next one is asked for, and then gone', () => {
  const messages = freedMessages([messageOf(new Uint8Array(LARGE)), messageOf(new Uint8Array(LARGE))])
  const first = messages.next().value
  expect(first?.bytes.length).toBe(LARGE)
  const second = messages.next().value
  expect(first?.bytes.length).toBe(0)
  expect(second?.bytes.length).toBe(LARGE)
  expect(messages.next().done).toBe(true)
  expect(second?.bytes.length).toBe(0)
})

test('a small message stays, and so does what shares its memory with others', () => {
  const small = new Uint8Array(100)
  const shared = new Uint8Array(2 * LARGE).subarray(0, LARGE)
  expect([...freedMessages([messageOf(small), messageOf(shared)])]).toHaveLength(2)
  expect([small.length, shared.length]).toEqual([100, LARGE])
})
