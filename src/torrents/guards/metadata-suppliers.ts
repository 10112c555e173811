/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type { Torrent } from 'webtorrent'
import { MAX_METADATA_BYTES } from '../client/download.ts'
import { disconnect } from './wire-parser.ts'

/** What becomes of the metadata that peers are asked for. */
export interface MetadataObserver {
  /** A peer gave the info dictionary: its SHA-1 is the info hash. */
  onMetadata(info: Uint8Array): void
  /** A peer says that it is longer than `MAX_METADATA_BYTES`, and was left. */
  onTooLarge(): void
  /** The peer gave something else, or more than it was asked for. */
  onBadSupplier(wire: Wire): void
}

/** For how long a peer may give no piece of the metadata before it makes room for others. */
const PATIENCE_MS = 20_000

/**
 * Bounds what peers make of the question for the metadata of a torrent (BEP 9), of which only the info hash is known: each is
 * asked once for each of its pieces, within a size and a time.
 *
 * webtorrent would take 10 MB of each peer, ask again whoever gave wrong bytes, and wait for ever for one that is silent.
 * Install it before the first peer is there, and after `guardWires`, which looks at the hash.
 *
 * @param patienceMs For how long a peer may be silent.
 */
export function guardMetadataSuppliers(
  torrent: Torrent,
  observer: MetadataObserver,
  patienceMs: number = PATIENCE_MS,
): void {
  torrent.on('wire', (wire: Wire) => {
    if (torrent.metadata === null) guardSupplier(torrent, wire, observer, patienceMs)
  })
}

function guardSupplier(torrent: Torrent, wire: Wire, observer: MetadataObserver, patienceMs: number): void {
  const { ut_metadata: metadata } = wire
  if (metadata === undefined) return
  const patience = setTimeout(() => torrent.metadata === null && disconnect(wire), patienceMs)
  wire.once('close', () => clearTimeout(patience))

  const onExtendedHandshake = metadata.onExtendedHandshake.bind(metadata)
  let isAsked = false
  metadata.onExtendedHandshake = (handshake) => {
    const { metadata_size: bytes } = handshake
    if (isAsked || typeof bytes !== 'number') return
    if (bytes > MAX_METADATA_BYTES && torrent.metadata === null) {
      observer.onTooLarge()
      disconnect(wire)
      return
    }
    isAsked = true // webtorrent asks for all of it, and would do so again at the next handshake.
    onExtendedHandshake(handshake)
  }

  const onData = metadata._onData.bind(metadata)
  const came = new Set<number>()
  metadata._onData = (piece, bytes, totalBytes) => {
    if (came.has(piece)) {
      observer.onBadSupplier(wire)
      return
    }
    came.add(piece)
    patience.refresh()
    onData(piece, bytes, totalBytes)
  }

  judgeMetadata(torrent, wire, observer)
}

/** @see `guardWires`, which says whether it is genuine. */
function judgeMetadata(torrent: Torrent, wire: Wire, observer: MetadataObserver): void {
  const { ut_metadata: metadata } = wire
  if (metadata === undefined) return
  const setMetadata = metadata.setMetadata.bind(metadata)
  metadata.setMetadata = async (bytes) => {
    const isOurs = torrent.metadata !== null
    const isGenuine = await setMetadata(bytes)
    if (isGenuine && !isOurs) observer.onMetadata(bytes)
    if (!isGenuine) {
      metadata._remainingRejects = 0 // So that it is not asked again.
      observer.onBadSupplier(wire)
    }
    return isGenuine
  }
}
