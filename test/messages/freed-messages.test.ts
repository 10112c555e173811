import { expect, test } from 'vitest'
import type { Message } from '../../src/domain/message.ts'
import { freedMessages } from '../../src/messages/freed-messages.ts'
import { sampleMessage } from '../support/sample-message.ts'

const LARGE = 100_000

const messageOf = (payload: Uint8Array): Message => sampleMessage({ payload })

test('a large field is whole until the next message is asked for, and then gone', () => {
  const messages = freedMessages([messageOf(new Uint8Array(LARGE)), messageOf(new Uint8Array(LARGE))])
  const first = messages.next().value
  expect(first?.payload.length).toBe(LARGE)
  const second = messages.next().value
  expect(first?.payload.length).toBe(0)
  expect(second?.payload.length).toBe(LARGE)
  expect(messages.next().done).toBe(true)
  expect(second?.payload.length).toBe(0)
})

test('small fields stay, and so does what shares its memory with others', () => {
  const small = new Uint8Array(100)
  const shared = new Uint8Array(2 * LARGE).subarray(0, LARGE)
  expect([...freedMessages([messageOf(small), messageOf(shared)])]).toHaveLength(2)
  expect([small.length, shared.length]).toEqual([100, LARGE])
})
