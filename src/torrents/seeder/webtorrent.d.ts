/**
 * As much of webtorrent 3.0 as the adapter uses.
 *
 * Names that begin with an underscore are not public there. They are used where no public way
 * exists, and the tests of the wire guards fail if a release moves them.
 */
declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events'
  import type { Server, Socket } from 'node:net'
  import type Wire from 'bittorrent-protocol'

  export interface TorrentInput {
    readonly info: object
    readonly infoBuffer: Uint8Array
    readonly infoHash: string
    readonly name: string
    readonly announce: readonly string[]
    readonly urlList: readonly string[]
    readonly files: readonly {
      readonly path: string
      readonly name: string
      readonly length: number
      readonly offset: number
    }[]
    readonly length: number
    readonly pieceLength: number
    readonly lastPieceLength: number
    readonly pieces: readonly string[]
  }

  /** A torrent of which only the magnet link is known. */
  export interface MagnetInput {
    readonly infoHash: string
    readonly announce: readonly string[]
    readonly urlList: readonly string[]
  }

  export interface ChunkStore {
    readonly chunkLength: number
    get(index: number, options: unknown, done?: (error: Error | null, bytes?: Uint8Array) => void): void
    put(index: number, bytes: Uint8Array, done?: (error: Error | null) => void): void
    close(done?: (error: Error | null) => void): void
    destroy(done?: (error: Error | null) => void): void
  }

  export interface TorrentOptions {
    readonly path?: string
    readonly skipVerify?: boolean
    readonly preloadedStore?: ChunkStore
    readonly storeCacheSlots?: number
    readonly announce?: readonly string[]
    /** The pieces that are there already: one bit each, the first the highest of its byte. */
    readonly bitfield?: Uint8Array
    /** Begins with no piece selected. */
    readonly deselect?: boolean
  }

  export interface Torrent extends EventEmitter {
    readonly infoHash: string
    infoHashHash?: string
    readonly metadata: Uint8Array | null
    /** Null for a piece that is there; else how many bytes of it are missing. */
    readonly pieces: readonly ({ readonly missing: number } | null)[]
    readonly pieceLength: number
    readonly length: number
    readonly wires: readonly Wire[]
    readonly uploaded: number
    readonly uploadSpeed: number
    readonly received: number
    readonly downloadSpeed: number
    readonly done: boolean
    readonly destroyed: boolean
    readonly announce: readonly string[]
    readonly files: readonly { readonly path: string; readonly offset: number; readonly length: number }[]
    /** @param source Who named it: 'tracker', 'dht', 'lsd' or 'ut_pex'; undefined for ourselves. */
    addPeer: (peer: string | Partial<Socket>, source?: string) => boolean
    /** Adds a peer that is there already. */
    addWebSeed(connection: WebSeedConnection): void
    /** Fetches these pieces, both ends included. */
    select(from: number, to: number): void
    /** Adds a peer to dial, by address, or a WebRTC connection; null when it is there already. */
    _addPeer: (peer: unknown, type: string, source: unknown) => object | null
    /** Asks the peer for a block of the piece; false when it does not. */
    _request: (wire: Wire, piece: number, hotswap: boolean) => boolean
    /** Takes the metadata: parsed, or as a torrent file. */
    _onMetadata: (metadata: object) => void
    /** What is wanted. */
    readonly _selections: { clear(): void }
    _updateSelections(): void
    /** Tells a peer whether it has anything that we do not have. */
    _updateWireInterest: (wire: Wire) => void
    /** Takes a piece as one that is there. */
    _markVerified(piece: number): void
    /** Throws away what was received of a piece that is not there. */
    _markUnverified(piece: number): void
    /** Asks its peers for what is wanted and not asked for. */
    _update: () => void
    /** Hashes what is there at the start. */
    _verifyPieces: (done: (error: Error | null) => void) => void
    readonly _peers: ReadonlyMap<string, { readonly conn: Partial<Socket> | null }> | null
  }

  /** What speaks for a web seed; its id is its URL. */
  export type WebSeedConnection = Wire & { readonly connId: string }

  export interface ClientOptions {
    readonly torrentPort?: number | { readonly port: number; readonly host: string }
    readonly dhtPort?: number | { readonly port: number; readonly address: string }
    readonly dht?: false | DhtOptions
    readonly tracker?: boolean | object
    readonly lsd?: boolean
    readonly natUpnp?: boolean
    readonly natPmp?: boolean
    readonly utp?: boolean
    readonly utPex?: boolean
    readonly webSeeds?: boolean
    readonly secure?: 0 | 1 | 2
    readonly maxConns?: number
    readonly uploadLimit?: number
    readonly downloadLimit?: number
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options?: ClientOptions)
    readonly peerId: string
    readonly torrents: readonly Torrent[]
    readonly torrentPort: number
    readonly listening: boolean
    readonly destroyed: boolean
    /** 0: plain text; 1: encrypted, and incoming either way; 2: dials encrypted alone, and takes both. */
    secure: 0 | 1 | 2
    blocked?: { contains(address: string): boolean }
    add(
      torrent: TorrentInput | MagnetInput | string | Uint8Array,
      options?: TorrentOptions,
      ready?: (torrent: Torrent) => void,
    ): Torrent
    remove(infoHash: string): Promise<void>
    destroy(done?: (error?: Error | null) => void): void
    /** Bytes a second for all torrents together; -1 for no limit. */
    throttleUpload(rate: number): void
    throttleDownload(rate: number): void
    readonly throttleGroups: { readonly [Way in 'up' | 'down']: { readonly bucket: { bucketSize: number } } }
    /** False when it is off. */
    readonly dht: false | DhtNode
    readonly _connPool: {
      readonly tcpServer: Server
      _onConnection(connection: Socket, type: 'tcp' | 'utp'): void
    } | null
  }
}
