/**
 * As much of bittorrent-protocol 5.0 as the adapter uses, with the extensions that webtorrent adds.
 *
 * Names that begin with an underscore are not public there, see webtorrent.d.ts.
 */
declare module 'bittorrent-protocol' {
  import type { EventEmitter } from 'node:events'

  interface UtMetadata {
    setMetadata(metadata: Uint8Array): Promise<boolean>
    onExtendedHandshake(handshake: { readonly metadata_size?: unknown }): void
    _onData(piece: number, bytes: Uint8Array, totalBytes: unknown): void
    /** How often it may still be refused, or given wrong bytes. */
    _remainingRejects: number | null
    readonly _metadataComplete: boolean
    readonly _metadataSize: number | null
    readonly _fetching: boolean
  }

  export default class Wire extends EventEmitter {
    readonly type: string
    readonly destroyed: boolean
    readonly isSeeder?: boolean
    readonly peerInterested: boolean
    readonly peerChoking: boolean
    readonly remoteAddress?: string
    readonly peerId: string | null
    readonly peerPieces: { readonly buffer: Uint8Array; get(piece: number): boolean }
    /** What our extended handshake says, but for the extensions. */
    readonly extendedHandshake: Record<string, unknown>
    readonly peerExtendedHandshake: Readonly<Record<string, unknown>>
    readonly peerAllowedFastSet: readonly number[]
    readonly requests: readonly BlockRequest[]
    readonly peerRequests: readonly BlockRequest[]
    readonly extendedMapping: Readonly<Record<number, string>>
    readonly peerExtendedMapping: Readonly<Record<string, number>>
    readonly ut_metadata?: UtMetadata
    destroy(): void
    /** Bytes of pieces that came. */
    readonly downloaded: number
    handshake(infoHash: string, peerId: string): void
    bitfield(bits: Uint8Array): void
    choke(): void
    unchoke(): void
    /** Says that we have a piece. */
    have(piece: number): void
    uninterested(): void
    readonly _readableState: { readonly buffered: number }
    _buffer: Uint8Array[]
    _bufferSize: number
    /** While set, no bytes of the peer are parsed. */
    _pePending: boolean
    readonly _encryptor: {
      /** 1: plain text after all; 2: RC4; null: plain text, or not agreed yet. */
      readonly encryptionMethod: 1 | 2 | null
      _dh: { generateKeys(): Uint8Array; computeSecret(otherPublicKey: Uint8Array): Uint8Array } | null
    } | null
    startEncryption: (this: Wire, infoHash: string) => void
    _parse(size: number, parser: (bytes: Uint8Array) => void): void
    _processBuffer: (this: Wire) => void
    _onHandshakeBuffer: (this: Wire, handshake: Uint8Array) => void
    _onMessageLength: (length: Uint8Array) => void
    _onMessage: (frame: Uint8Array) => void
  }

  export interface BlockRequest {
    readonly piece: number
    readonly offset: number
    readonly length: number
  }
}
