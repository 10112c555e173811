import type { Socket } from 'node:net'
import { isLoopbackAddress, networkOf } from './client-address.ts'

/** Everything that is connected, whatever it speaks. */
export interface ConnectionGate {
  /** Notes a connection, or refuses and closes it where its network has too many. */
  readonly enter: (socket: Socket) => void
  readonly destroyAll: () => void
}

const BODY = 'Too many connections from your network: close one before you open another.\n'
const TOO_MANY = [
  'HTTP/1.1 429 Too Many Requests',
  'Retry-After: 10',
  'Connection: close',
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n')

/**
 * Counts the connections of each network.
 *
 * @param isCounted Loopback is not: who is there may do worse, and proxies that are there ask for many.
 */
export function createConnectionGate(
  maxPerAddress: number,
  isCounted: (address: string) => boolean = (address) => !isLoopbackAddress(address),
): ConnectionGate {
  const open = new Set<Socket>()
  const counts = new Map<string, number>()

  function enter(socket: Socket): void {
    open.add(socket)
    const address = socket.remoteAddress ?? ''
    const network = isCounted(address) ? networkOf(address) : null
    if (network !== null) counts.set(network, (counts.get(network) ?? 0) + 1)
    socket.once('close', () => {
      open.delete(socket)
      if (network === null) return
      const left = (counts.get(network) ?? 1) - 1
      if (left === 0) counts.delete(network)
      else counts.set(network, left)
    })
    if (network === null || (counts.get(network) ?? 0) <= maxPerAddress) return
    socket.write(TOO_MANY)
    socket.destroySoon()
  }

  return { enter, destroyAll: () => open.forEach((socket) => socket.destroy()) }
}
