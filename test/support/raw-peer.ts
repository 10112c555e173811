import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A peer that says whatever it is told to say. */
export interface RawPeer {
  readonly socket: Socket
  send(...parts: readonly Uint8Array[]): void
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>
  /** Resolves with the first bytes that come in after the call. */
  nextBytes(): Promise<Buffer>
}

/** Where a hostile peer of a test dials from, so that the good ones are not refused with it. */
export const HOSTILE_ADDRESS = '127.0.0.2'

const RESERVED = Buffer.from('0000000000100004', 'hex') // Extension protocol and fast extension.
const PEER_ID = Buffer.from('-XX0000-hostilepeer1')

/** Dials a torrent client over loopback. */
export async function dial(port: number, localAddress: string = HOSTILE_ADDRESS): Promise<RawPeer> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
  socket.on('error', () => socket.destroy()) // A reset is one of the ways to be shown the door.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  socket.resume() // What nobody reads would hide the end of the connection.
  return {
    socket,
    closed,
    send: (...parts) => void socket.write(Buffer.concat(parts)),
    nextBytes: async () => (await once(socket, 'data'))[0] as Buffer,
  }
}

/** BEP 3's handshake, with the extension protocol and the fast extension. */
export function handshake(infoHash: string): Buffer {
  return Buffer.concat([
    Buffer.from('\u0013BitTorrent protocol', 'latin1'),
    RESERVED,
    Buffer.from(infoHash, 'hex'),
    PEER_ID,
  ])
}

/** A message of the peer protocol: length prefix, kind, payload. */
export function frame(kind: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([uint32(payload.length + 1), Buffer.from([kind]), payload])
}

/** A message of the extension protocol (BEP 10). */
export function extended(id: number, payload: string | Uint8Array): Buffer {
  return frame(20, Buffer.concat([Buffer.from([id]), Buffer.from(payload)]))
}

/** An extended handshake that offers ut_metadata as 1, ut_pex as 2 and lt_donthave as 3. */
export const EXTENDED_HANDSHAKE = extended(0, 'd1:md11:lt_donthavei3e11:ut_metadatai1e6:ut_pexi2eee')

/** Numbers of four bytes, big-endian. */
export function uint32(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4)
  numbers.forEach((number, at) => bytes.writeUInt32BE(number, at * 4))
  return bytes
}
