import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'

/**
 * Where a request comes from, as far as it counts for limits: an IPv4 address, or the first 64 bits of an IPv6 one, which
 * is what one customer gets.
 *
 * A proxy on this machine, or one that the operator trusts, says whom it asks for in the last part of X-Forwarded-For, which
 * it adds itself. What others say there is not believed.
 *
 * @returns Null for this machine itself, which is not limited.
 */
export function addressOf(request: IncomingMessage, trustedProxies: readonly string[]): string | null {
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  const isLoopback = isLoopbackAddress(peer)
  const forwarded = isLoopback || trustedProxies.includes(peer) ? lastForwardedFor(request) : null
  if (forwarded !== null) return networkOf(forwarded)
  return isLoopback ? null : networkOf(peer)
}

/** Whether a connection comes from this machine. @param address As a socket says it. */
export function isLoopbackAddress(address: string): boolean {
  const plain = plainAddress(address)
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

/** The network whose connections are counted together. @param address As a socket says it. */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}

/** IPv4 as IPv4, where a socket takes both. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

function lastForwardedFor({ headers }: IncomingMessage): string | null {
  const header = headers['x-forwarded-for']
  const last = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim() ?? ''
  const address = plainAddress(/^\[(.+)\](?::\d+)?$/.exec(last)?.[1] ?? last.replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1'))
  return isIP(address) === 0 ? null : address
}
