import { hash } from 'node:crypto'
import { parseInfoHash } from '../domain/info-hash.ts'
import type { InfoHashItem, SignedInfoHashItem } from '../domain/info-hash-item.ts'
import type { Clock } from '../domain/magnet.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { isSignedBy } from './ed25519.ts'

/** Bytes that are not what is signed of an item. */
export interface MalformedInfoHashItem {
  readonly type: 'MalformedInfoHashItem'
}

/** Bytes as characters. A `seq` has no zeros in front, no sign, and at most the digits of 2^53 − 1. */
const SIGNED = /^3:seqi(0|[1-9]\d{0,15})e1:vd2:ih20:([^]{20})e$/

/**
 * The bytes that are signed of an item: `3:seqi<seq>e1:v` and its value, `d2:ih20:<20 bytes>e`. The salt is empty.
 *
 * @see BEP 44, "Signature Verification": https://www.bittorrent.org/beps/bep_0044.html
 */
export function signedBytesOf({ seq, infoHash }: InfoHashItem): Uint8Array {
  return Buffer.concat([Buffer.from(`3:seqi${seq}e1:vd2:ih20:`), Buffer.from(infoHash, 'hex'), Buffer.from('e')])
}

/**
 * Parses the bytes that are signed of an item.
 *
 * @returns `MalformedInfoHashItem` for any others: with a salt, another value, one key more, or a `seq` that is not
 *   written as the one above, or beyond 2^53 − 1. Never throws.
 */
export function parseSignedBytes(bytes: Uint8Array): Result<InfoHashItem, MalformedInfoHashItem> {
  const text = Buffer.from(bytes).toString('latin1')
  const [, digits, value = ''] = SIGNED.exec(text) ?? []
  const seq = Number(digits)
  const infoHash = parseInfoHash(Buffer.from(value, 'latin1').toString('hex'))
  return Number.isSafeInteger(seq) && infoHash.ok
    ? ok({ seq: seq as Clock, infoHash: infoHash.value })
    : err({ type: 'MalformedInfoHashItem' })
}

/**
 * Where in the distributed hash table the items of a key are: its SHA-1, as the salt is empty.
 *
 * @param publicKey 32 bytes in hex.
 * @returns 20 bytes.
 */
export function dhtTargetOf(publicKey: string): Buffer {
  return hash('sha1', Buffer.from(publicKey, 'hex'), 'buffer')
}

/**
 * Whether the key signed the item.
 *
 * @param publicKey 32 bytes in hex.
 */
export function isInfoHashItemSignedBy(publicKey: string, item: SignedInfoHashItem): boolean {
  return isSignedBy(Buffer.from(publicKey, 'hex'), signedBytesOf(item), Buffer.from(item.signature, 'hex'))
}
