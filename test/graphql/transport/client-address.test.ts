import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { addressOf, networkOf } from '../../../src/graphql/transport/client-address.ts'
import { createConnectionGate } from '../../../src/graphql/transport/connection-gate.ts'
import { openExchange } from '../../support/raw-exchange.ts'

function from(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const request = new IncomingMessage(Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }))
  if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor
  return request
}

test('a proxy of this machine, or one that is trusted, says who asks; nobody else does', () => {
  expect(addressOf(from('127.0.0.1'), [])).toBeNull()
  expect(addressOf(from('::ffff:127.0.0.1'), [])).toBeNull()
  expect(addressOf(from('::1', '203.0.113.7'), [])).toBe('203.0.113.7')
  // What stands before is said by the client itself.
  expect(addressOf(from('127.0.0.1', '127.0.0.1, 203.0.113.7'), [])).toBe('203.0.113.7')
  expect(addressOf(from('127.0.0.1', '203.0.113.7:4711'), [])).toBe('203.0.113.7')
  expect(addressOf(from('127.0.0.1', '[2001:db8::7]:4711'), [])).toBe('2001:db8:0:0::/64')
  expect(addressOf(from('198.51.100.1', '203.0.113.7'), [])).toBe('198.51.100.1')
  expect(addressOf(from('198.51.100.1', '203.0.113.7'), ['198.51.100.1'])).toBe('203.0.113.7')
  expect(addressOf(from('198.51.100.1', 'nobody'), ['198.51.100.1'])).toBe('198.51.100.1')
})

test('addresses of one IPv6 network count as one', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7')
})

test('connections beyond those of one address are told so, and who leaves makes room', async () => {
  const gate = createConnectionGate(2, () => true)
  const server = createServer((socket) => gate.enter(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    gate.destroyAll()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const first = await openExchange(port)
  await openExchange(port)
  const refused = await openExchange(port)
  expect(await refused.closed).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\nRetry-After: 10\r\n/)
  expect([first.socket.destroyed, first.heard()]).toEqual([false, ''])

  first.socket.destroy()
  await first.closed
  await expect
    .poll(async () => {
      const next = await openExchange(port)
      next.socket.end()
      return next.closed
    })
    .toBe('')
})
