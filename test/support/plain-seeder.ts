import { once } from 'node:events'
import type Wire from 'bittorrent-protocol'
import { onTestFinished } from 'vitest'
import WebTorrent, { type ChunkStore } from 'webtorrent'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** A plain webtorrent that gives a torrent to whoever dials it. */
export interface PlainSeeder {
  /** `address:port` */
  readonly address: string
  /** The piece of each block that it was asked for. */
  readonly requested: readonly number[]
  /** Dials a client on loopback by itself, in plain text. */
  dial(port: number | null): void
  /** Its open connections. */
  wires(): readonly Wire[]
  /** How many peers have connected. */
  connections(): number
  /** Resolves when the first peer has left. */
  readonly left: Promise<void>
}

/** How a seeder is not like others. */
export interface SeederManners {
  /** The address that it listens on. */
  readonly host?: string
  /** The pieces that it has; all where nothing is said. */
  readonly pieces?: readonly number[]
  /** Resolves when the block may be given. */
  readonly beforeBlock?: (piece: number, offset: number) => Promise<unknown>
}

/**
 * Starts one, for as long as the test runs.
 *
 * @param bytes What it gives, whatever the torrent says.
 */
export async function startPlainSeeder(
  torrentFile: Uint8Array,
  bytes: Uint8Array,
  { host = '127.0.0.1', pieces, beforeBlock }: SeederManners = {},
): Promise<PlainSeeder> {
  const client = startPlainClient(host)
  await once(client, 'listening')
  const requested: number[] = []
  const left = Promise.withResolvers<void>()
  let connections = 0
  const has = pieces && { bitfield: bitfieldOf(pieces, Math.ceil(bytes.length / PIECE_BYTES)), deselect: true }
  const torrent = client.add(torrentFile, {
    path: createTemporaryFolder(),
    preloadedStore: storeOf(bytes, beforeBlock),
    storeCacheSlots: 0,
    ...(has ?? { skipVerify: true }),
  })
  torrent.on('wire', (wire: Wire) => {
    connections += 1
    wire.on('request', (piece: number) => requested.push(piece))
    wire.once('close', () => left.resolve())
  })
  await once(torrent, 'ready')
  const dial = (port: number | null): void => {
    const before = client.secure
    client.secure = 0 // It is read once, for the peer that is added.
    torrent.addPeer(`127.0.0.1:${port}`)
    client.secure = before
  }
  return {
    address: `${host}:${client.torrentPort}`,
    requested,
    dial,
    wires: () => torrent.wires,
    connections: () => connections,
    left: left.promise,
  }
}

/** The pieces that it was asked for, each once, rising. */
export function piecesOf({ requested }: PlainSeeder): number[] {
  return [...new Set(requested)].sort((a, b) => a - b)
}

/** A webtorrent that finds nobody by itself, for as long as the test runs. */
export function startPlainClient(host = '127.0.0.1'): WebTorrent {
  const client = new WebTorrent({
    torrentPort: { port: 0, host },
    dht: false,
    tracker: false,
    lsd: false,
    natUpnp: false,
    natPmp: false,
    utp: false,
  })
  onTestFinished(() => new Promise((resolve) => client.destroy(() => resolve())))
  return client
}

function storeOf(bytes: Uint8Array, beforeBlock: SeederManners['beforeBlock']): ChunkStore {
  return {
    chunkLength: PIECE_BYTES,
    get(piece, options, done) {
      const answer = typeof options === 'function' ? (options as NonNullable<typeof done>) : done
      const { offset = 0, length = PIECE_BYTES } = (typeof options === 'function' ? {} : (options ?? {})) as Block
      const start = piece * PIECE_BYTES + offset
      const end = Math.min(start + length, (piece + 1) * PIECE_BYTES)
      void (beforeBlock?.(piece, offset) ?? Promise.resolve()).then(() => answer?.(null, bytes.subarray(start, end)))
    },
    put: (_piece, _bytes, done) => done?.(new Error('It only gives')),
    close: (done) => done?.(null),
    destroy: (done) => done?.(null),
  }
}

interface Block {
  readonly offset?: number
  readonly length?: number
}

function bitfieldOf(pieces: readonly number[], count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8))
  for (const piece of pieces) bits[piece >> 3] = (bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
  return bits
}
