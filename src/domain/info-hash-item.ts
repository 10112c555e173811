import type { InfoHash } from './info-hash.ts'
import type { Clock } from './magnet.ts'

/**
 * What the distributed hash table holds under the public key of a native community: its newest torrent.
 *
 * @see BEP 44, mutable items, and BEP 46: https://www.bittorrent.org/beps/bep_0046.html
 */
export interface InfoHashItem {
  /** The clock of the dispatch. The table keeps the item with the highest. */
  readonly seq: Clock
  readonly infoHash: InfoHash
}

/** An item as its community signed it. Whoever has it can put it into the table again, unchanged and without the key. */
export interface SignedInfoHashItem extends InfoHashItem {
  /** Ed25519, over the bytes that BEP 44 says: 64 bytes in hex. */
  readonly signature: string
}

/** Why the distributed hash table was of no use. */
export type DhtFailureCode =
  /** It is switched off. */
  | 'NO_DHT'
  /** No node of it answers, or none takes an item. */
  | 'NO_NODES'
  /** It was too slow. */
  | 'TIMED_OUT'
  /** The torrent client's process is down, or something else; the node's own log has the details. */
  | 'INTERNAL'

/** Why an item was not put into the distributed hash table. */
export type PutItemFailureCode =
  | DhtFailureCode
  /** It holds a newer one already, or another one of the same time. */
  | 'SEQ_TOO_LOW'
