import type { MutableValue } from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { SignedInfoHashItem } from '../../domain/info-hash-item.ts'
import type { Clock } from '../../domain/magnet.ts'
import { isInfoHashItemSignedBy, parseSignedBytes, signedBytesOf } from '../../formats/info-hash-item.ts'

/** What came of a look into the distributed hash table. */
export interface FoundItems {
  readonly newest: SignedInfoHashItem | null
  /** How many nodes were seen to hold the newest. */
  readonly holders: number
}

/** Takes what nodes say that they hold under a key, and believes what the key signed. */
export interface ItemFinder {
  /**
   * Takes an item by the bytes that were signed. Its arguments are whatever a packet held.
   *
   * @returns Whether it is one of the key's, as BEP 46 says, with an empty salt.
   */
  readonly take: (signature: unknown, bytes: Uint8Array, publicKey: unknown) => boolean
  /** Takes an item that this node may hold itself, unless it is none newer than those that were taken. */
  readonly takeOwn: (value: MutableValue) => void
  readonly found: () => FoundItems
}

/** @param publicKey 32 bytes in hex. */
export function createItemFinder(publicKey: string): ItemFinder {
  let newest: SignedInfoHashItem | null = null
  let holders = 0

  function keep(item: SignedInfoHashItem): boolean {
    if (!isInfoHashItemSignedBy(publicKey, item)) return false
    if (newest === null || item.seq > newest.seq) {
      newest = item
      holders = 0
    }
    if (item.seq === newest.seq && item.infoHash === newest.infoHash) holders += 1
    return true
  }

  function take(signature: unknown, bytes: Uint8Array, key: unknown): boolean {
    if (!(signature instanceof Uint8Array) || !(key instanceof Uint8Array) || hexOf(key) !== publicKey) return false
    const item = parseSignedBytes(bytes)
    return item.ok && keep({ ...item.value, signature: hexOf(signature) })
  }

  return {
    take,
    takeOwn({ k, seq, v, sig }) {
      const value = typeof v === 'object' && v !== null && 'ih' in v ? v.ih : null
      if (typeof seq !== 'number' || seq <= (newest?.seq ?? -1) || !(value instanceof Uint8Array)) return
      // Where it has more to it than this, the signature is not over these bytes.
      take(sig, signedBytesOf({ seq: seq as Clock, infoHash: hexOf(value) as InfoHash }), k)
    },
    found: () => ({ newest, holders }),
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
