/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'

/**
 * How many blocks of 16 KiB a peer is told that it may ask for ahead, as `reqq` (BEP 10). webtorrent would ask for all that
 * comes in a second, however much that is.
 */
export const BLOCKS_ASKED_AHEAD = 500
/** Twice what these come to. Clients that do not know `reqq` ask for no more than 500 either. */
const MAX_BYTES_A_PEER = 16 * 1024 * 1024
/** What all peers may leave unread together. */
const MAX_BYTES = 256 * 1024 * 1024
/** A peer below this is never blamed for what the others leave unread. */
const MODEST_BYTES = 1024 * 1024

/**
 * Whether a peer reads what it asks for.
 *
 * webtorrent reads and keeps every block that is asked for until the peer takes it, so one that asks
 * and does not read fills the memory, outside of the bounded heap.
 *
 * @param all The open wires of the client, this one among them.
 */
export function isAnswerable(wire: Wire, all: Iterable<Wire>): boolean {
  const owed = bytesOwed(wire)
  if (owed < MODEST_BYTES) return true
  if (owed >= MAX_BYTES_A_PEER) return false
  let unread = 0
  for (const one of all) unread += bytesUnread(one)
  return unread < MAX_BYTES
}

function bytesOwed(wire: Wire): number {
  return wire.peerRequests.reduce((sum, { length }) => sum + length, bytesUnread(wire))
}

function bytesUnread(wire: Wire): number {
  return wire._readableState.buffered
}
