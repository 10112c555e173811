import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { readInOrder } from '../../src/following/read-in-order.ts'
import { openFakeNode } from '../support/fake-node.ts'

const MESSAGES = 300

/** A socket to a node that sends long messages, about eight to a read, once it is sent anything. */
async function openStream(): Promise<WebSocket> {
  const text = 'm'.repeat(8000)
  const { url } = await openFakeNode((socket) => {
    for (let n = 0; n < MESSAGES; n += 1) socket.send(text)
  })
  const socket = new WebSocket(url, 'graphql-transport-ws')
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

test('nothing more is read while a message is handled, and everything behind it', async () => {
  const socket = await openStream()
  let arrived = 0
  socket.on('message', () => (arrived += 1))
  const { promise: first, resolve: begin } = Promise.withResolvers<void>()
  const { promise: handled, resolve: handle } = Promise.withResolvers<void>()
  const { promise: all, resolve: finish } = Promise.withResolvers<void>()
  let received = 0
  const faults: unknown[] = []
  const messages = readInOrder(
    socket,
    async () => {
      received += 1
      if (received === MESSAGES) finish()
      begin()
      await handled
      if (received === 2) throw new Error('the second')
    },
    (fault) => faults.push(fault),
  )
  socket.send('{}')
  await first
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(received).toBe(1)
  expect(arrived).toBeLessThan(20)
  handle()
  await all
  expect(faults).toEqual([new Error('the second')])
  await messages.stop()
})
