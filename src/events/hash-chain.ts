import { hash } from 'node:crypto'
import type { EventRow } from './event-row.ts'
import type { LogId } from './recorded-event.ts'

/** The length of a leaf and of a link, in bytes: a SHA-256. */
export const HASH_BYTES = 32

/**
 * The hash of one event, and its leaf in the Merkle tree.
 *
 * SHA-256(0x00 ‖ UTF-8 of the canonical JSON (RFC 8785) of the row as an array): position, stream,
 * version, id, type, schemaVersion, recordedAt, actor, correlationId, causationId, dataText. An
 * array of well-formed strings, safe integers and nulls is canonical as `JSON.stringify` writes it.
 *
 * These bytes can never change: every event ever recorded is checked against them.
 */
export function leafHash(row: EventRow): Buffer {
  return leafHashOfText(leafText(row))
}

/** What is hashed of an event: the canonical JSON of its row. */
export function leafText(row: EventRow): string {
  return JSON.stringify(row)
}

/** @param text What `leafText` gave. */
export function leafHashOfText(text: string): Buffer {
  return sha256(`\u0000${text}`)
}

/**
 * The link before the first: SHA-256(0x02 ‖ UTF-8 of the log's id).
 *
 * So no two logs have a link in common, and no event can be moved from one to another.
 *
 * @example genesisLink('00000000-0000-4000-8000-000000000000')
 *   // 252e819032db3b192ef3a9541afa11c398ba2f243190b145b52371e9aeeed4f9
 */
export function genesisLink(logId: LogId): Buffer {
  return sha256(`\u0002${logId}`)
}

/** Reused: hashing is synchronous, and one allocation less per event is measurable. */
const preimage = Buffer.alloc(1 + 2 * HASH_BYTES, 0x02)

/** The link of an event: SHA-256(0x02 ‖ the link before it ‖ its leaf). */
export function nextLink(previous: Uint8Array, leaf: Uint8Array): Buffer {
  preimage.set(previous, 1)
  preimage.set(leaf, 1 + HASH_BYTES)
  return sha256(preimage)
}

/** By way of hex, which is several times faster than to have `hash` make a buffer. */
function sha256(input: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', input, 'hex'), 'hex')
}
