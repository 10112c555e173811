import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { extended, frame, handshake, HOSTILE_ADDRESS, uint32 } from './raw-peer.ts'

/** What a supplier does to whoever asks it. */
export type Manner =
  /** It says that it has the metadata, and never gives it. */
  | 'SILENT'
  /** It gives zeros. */
  | 'WRONG_METADATA'
  /** It gives the first piece of it, again and again, and never the second. */
  | 'METADATA_WITHOUT_END'
  /** It says that the metadata is longer than any. */
  | 'HUGE_METADATA'
  /** It gives the metadata, and zeros for every piece of the torrent. */
  | 'WRONG_PIECES'

/** The torrent that it is asked for. */
export interface SuppliedTorrent {
  /** The info dictionary. */
  readonly metadata: Uint8Array
  readonly torrent: { readonly infoHash: InfoHash }
}

/** A peer that listens and means no good. It speaks plain text alone. */
export interface HostileSupplier {
  /** `address:port` */
  readonly address: string
  /** Resolves when it was left for the first time. */
  readonly left: Promise<void>
  /** How many pieces of the metadata it was asked for. */
  asked(): number
}

const HANDSHAKE_BYTES = 68
const UT_METADATA = 1
const METADATA_PIECE_BYTES = 16_384
const [UNCHOKE, REQUEST, PIECE, HAVE_ALL, EXTENDED] = [1, 6, 7, 14, 20]

/** Starts one, for as long as the test runs. */
export async function startHostileSupplier(torrent: SuppliedTorrent, manner: Manner): Promise<HostileSupplier> {
  const sockets = new Set<Socket>()
  const left = Promise.withResolvers<void>()
  let asked = 0
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => left.resolve())
    answer(socket, torrent, manner, () => (asked += 1))
  }).listen(0, HOSTILE_ADDRESS)
  onTestFinished(() => {
    server.close()
    sockets.forEach((socket) => socket.destroy())
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { address: `${HOSTILE_ADDRESS}:${port}`, left: left.promise, asked: () => asked }
}

function answer(socket: Socket, torrent: SuppliedTorrent, manner: Manner, onAsked: () => void): void {
  let bytes = Buffer.alloc(0)
  let isGreeted = false
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    if (!isGreeted && bytes.length >= HANDSHAKE_BYTES) {
      bytes = bytes.subarray(HANDSHAKE_BYTES)
      isGreeted = true
      const size = sizeOf(torrent, manner)
      socket.write(handshake(torrent.torrent.infoHash))
      socket.write(extended(0, `d1:md11:ut_metadatai${UT_METADATA}ee13:metadata_sizei${size}ee`))
      socket.write(Buffer.concat([frame(HAVE_ALL), frame(UNCHOKE)]))
    }
    for (let length = lengthOf(bytes); isGreeted && length !== null; length = lengthOf(bytes)) {
      const message = bytes.subarray(4, 4 + length)
      if (isForMetadata(message)) onAsked()
      take(socket, message, torrent, manner)
      bytes = bytes.subarray(4 + length)
    }
  })
}

/** The length of the first frame, where it is whole. */
function lengthOf(bytes: Buffer): number | null {
  if (bytes.length < 4) return null
  const length = bytes.readUInt32BE(0)
  return bytes.length >= 4 + length ? length : null
}

function sizeOf({ metadata }: SuppliedTorrent, manner: Manner): number {
  if (manner === 'HUGE_METADATA') return 9_000_000
  return manner === 'METADATA_WITHOUT_END' ? 2 * METADATA_PIECE_BYTES : metadata.length
}

function take(socket: Socket, message: Buffer, { metadata }: SuppliedTorrent, manner: Manner): void {
  const [kind] = message
  if (isForMetadata(message)) giveMetadata(socket, Buffer.from(metadata), manner)
  if (kind !== REQUEST) return
  const [piece, offset, length] = [1, 5, 9].map((at) => message.readUInt32BE(at))
  socket.write(frame(PIECE, Buffer.concat([uint32(piece ?? 0, offset ?? 0), Buffer.alloc(length ?? 0)])))
}

function isForMetadata([kind, extension]: Uint8Array): boolean {
  return kind === EXTENDED && extension === UT_METADATA
}

function giveMetadata(socket: Socket, metadata: Buffer, manner: Manner): void {
  const give = (bytes: Buffer): void => {
    socket.write(extended(UT_METADATA, Buffer.concat([Buffer.from('d8:msg_typei1e5:piecei0ee'), bytes])))
  }
  switch (manner) {
    case 'SILENT':
    case 'HUGE_METADATA':
      break
    case 'WRONG_METADATA':
      give(Buffer.alloc(metadata.length))
      break
    case 'METADATA_WITHOUT_END':
      for (let time = 0; time < 50; time += 1) give(Buffer.alloc(METADATA_PIECE_BYTES))
      break
    case 'WRONG_PIECES':
      give(metadata)
  }
}
