/**
 * The node of the distributed hash table that webtorrent makes: as much of bittorrent-dht 11.0 as is used here.
 *
 * `_rpc` is not public there; the tests of the guard fail if a release moves it.
 */
declare module 'webtorrent' {
  import type { Socket as UdpSocket } from 'node:dgram'
  import type { EventEmitter } from 'node:events'

  /** What a node says that it holds. Nothing of it is checked. */
  export interface MutableValue {
    readonly k?: unknown
    readonly seq?: unknown
    readonly v?: unknown
    readonly sig?: unknown
  }

  /** Whether `signature` over `bytes` is by the holder of `publicKey`. Called with whatever a packet held. */
  export type Verify = (signature: unknown, bytes: Uint8Array, publicKey: unknown) => boolean

  export interface MutableItem {
    readonly k: Buffer
    readonly seq: number
    readonly v: Readonly<Record<string, Uint8Array>>
    /** Returns the signature, in 64 bytes. */
    readonly sign: (bytes: Uint8Array) => Buffer
  }

  export interface DhtOptions {
    /** `host:port` each; false for none. */
    readonly bootstrap?: readonly string[] | false
    readonly verify?: Verify
  }

  export interface DhtNode extends EventEmitter {
    /** The routing table: the nodes that answer. */
    readonly nodes: { count(): number }
    /** Calls back with the highest of what was found that `verify` believes; null for nothing. */
    get(
      target: Buffer,
      options: { readonly cache: boolean; readonly verify: Verify },
      done: (error: Error | null, value: MutableValue | null) => void,
    ): void
    /** Calls back with how many nodes took it; `code` is that of the error which a node answered with. */
    put(
      item: MutableItem,
      done: (error: (Error & { readonly code?: unknown }) | null, target: Buffer, nodes?: number) => void,
    ): void
    /** `socket.socket` is the UDP socket. */
    readonly _rpc: { readonly socket: { readonly socket: UdpSocket } }
  }
}
