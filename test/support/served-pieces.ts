import { once } from 'node:events'
import { connect } from 'node:net'

const PROTOCOL = Buffer.from('\u0013BitTorrent protocol', 'latin1')
const HANDSHAKE_BYTES = 68
const BITFIELD = 5

/**
 * Shakes hands with a torrent client as a plain peer without extensions, and reads which pieces it has.
 *
 * @returns The bitfield; null when the client hangs up, as it does for a torrent that it does not serve, or when
 *   nobody listens.
 */
export async function readBitfield(port: number, infoHash: string): Promise<Buffer | null> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const ended = new Promise<null>((resolve) => {
    socket.once('error', () => resolve(null))
    socket.once('close', () => resolve(null))
  })
  const bitfield = new Promise<Buffer>((resolve) => {
    let bytes = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const found = bitfieldIn(bytes)
      if (found !== null) resolve(found)
    })
  })
  try {
    if ((await Promise.race([once(socket, 'connect').catch(() => null), ended])) === null) return null
    socket.write(
      Buffer.concat([PROTOCOL, Buffer.alloc(8), Buffer.from(infoHash, 'hex'), Buffer.from('-XX0001-plainpeer001')]),
    )
    return await Promise.race([bitfield, ended])
  } finally {
    socket.destroy()
  }
}

/** The payload of the first BITFIELD behind the handshake, once it is whole. */
function bitfieldIn(bytes: Buffer): Buffer | null {
  let at = HANDSHAKE_BYTES
  while (at + 5 <= bytes.length) {
    const length = bytes.readUInt32BE(at)
    const end = at + 4 + length
    if (length > 0 && bytes[at + 4] === BITFIELD && end <= bytes.length) return bytes.subarray(at + 5, end)
    at = end
  }
  return null
}

/** The bitfield of a peer that has all of so many pieces: ones, then zeros up to the end of the last byte. */
export function completeBitfield(pieces: number): Buffer {
  const bits = Buffer.alloc(Math.ceil(pieces / 8), 0xff)
  const spare = bits.length * 8 - pieces
  bits.writeUInt8((0xff << spare) & 0xff, bits.length - 1)
  return bits
}
