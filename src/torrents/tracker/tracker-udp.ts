import type Server from 'bittorrent-tracker/server'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { isKnownHash, MAX_SCRAPE_HASHES, type IsKnown } from './tracker-request.ts'

const PROTOCOL_ID = Buffer.from('0000041727101980', 'hex')
const ANNOUNCE_BYTES = 98
/** How long a connection id is good for, at least; twice that at most. */
const CONNECTION_MS = 60_000

const CONNECT = 0
const ANNOUNCE = 1
const SCRAPE = 2

/** Answers UDP announces and scrapes until the tracker's server closes. */
export interface UdpTracker {
  readonly port: number
}

/**
 * Binds the UDP half of the tracker (IPv4).
 *
 * The library takes one connection id for all and believes the address that a packet names. Here an id is a MAC of
 * the sender's address and the time, so nobody can enter an address that does not answer.
 *
 * @see BEP 15, "UDP tracker protocol": https://www.bittorrent.org/beps/bep_0015.html
 * @throws When the port cannot be bound.
 */
export async function openUdpTracker(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  isKnown: IsKnown,
): Promise<UdpTracker> {
  const socket = createSocket('udp4')
  const connections = createConnectionIds()
  socket.on('message', (packet, from) => {
    if (packet.length < 16) return
    const id = packet.subarray(0, 8)
    const action = packet.readUInt32BE(8)
    if (action === CONNECT && id.equals(PROTOCOL_ID)) {
      // An error to send is the sender's loss alone; it will ask again.
      socket.send(Buffer.concat([packet.subarray(8, 16), connections.issue(from)]), from.port, from.address, () => {})
    } else if (connections.isIssued(id, from) && isSound(packet, action, isKnown)) {
      server.onUdpRequest(forLibrary(packet, action), from)
    }
  })
  socket.bind({ port, address: host, exclusive: true })
  await once(socket, 'listening')
  socket.on('error', (error) => server.emit('warning', error))
  // It answers through this, and closes it.
  server.udp4 = socket
  return { port: socket.address().port }
}

function isSound(packet: Buffer, action: number, isKnown: IsKnown): boolean {
  if (action === ANNOUNCE) return packet.length >= ANNOUNCE_BYTES
  const hashes = (packet.length - 16) / 20
  if (action !== SCRAPE || !Number.isInteger(hashes) || hashes < 1 || hashes > MAX_SCRAPE_HASHES) return false
  return Array.from({ length: hashes }, (_, index) => packet.toString('hex', 16 + index * 20, 36 + index * 20)).every(
    (hex) => isKnownHash(hex, isKnown),
  )
}

/** The packet with the id that the library expects, and without an address that the sender names. */
function forLibrary(packet: Buffer, action: number): Buffer {
  const copy = Buffer.from(packet)
  PROTOCOL_ID.copy(copy)
  if (action === ANNOUNCE) copy.writeUInt32BE(0, 84)
  return copy
}

function createConnectionIds(): { issue(to: RemoteInfo): Buffer; isIssued(id: Buffer, from: RemoteInfo): boolean } {
  const secret = randomBytes(32)
  const period = (): number => Math.floor(Date.now() / CONNECTION_MS)
  const idAt = (at: number, { address, port }: RemoteInfo): Buffer =>
    createHmac('sha256', secret).update(`${at} ${address} ${port}`).digest().subarray(0, 8)
  return {
    issue: (to) => idAt(period(), to),
    isIssued: (id, from) => [0, 1].some((ago) => timingSafeEqual(id, idAt(period() - ago, from))),
  }
}
