/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import { createHash } from 'node:crypto'
import type WebTorrent from 'webtorrent'
import type { MagnetInput, Torrent, TorrentInput, TorrentOptions } from 'webtorrent'

/** A torrent that webtorrent was handed. */
export interface AddedTorrent {
  readonly torrent: Torrent
  /** Resolves once it answers peers; rejects with what kept it from that. */
  readonly ready: Promise<void>
}

/** Pieces of 100 KiB that webtorrent keeps for each torrent, so that six blocks cost one read. */
const CACHED_PIECES = 8

/**
 * Hands a torrent to webtorrent.
 *
 * @param onError Told of the error that ended the torrent, after it was ready.
 */
export function addTorrent(
  client: WebTorrent,
  metainfo: TorrentInput | MagnetInput,
  options: TorrentOptions,
  onError: (error: unknown) => void,
): AddedTorrent {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  const torrent = client.add(metainfo, { ...options, storeCacheSlots: CACHED_PIECES }, () => {
    torrent.off('error', reject)
    torrent.on('error', onError)
    resolve()
  })
  // By this hash peers that dial encrypted name the torrent. webtorrent would take a turn of the
  // event loop to make it, in which the peer could be gone.
  torrent.infoHashHash = createHash('sha1').update('req2').update(Buffer.from(metainfo.infoHash, 'hex')).digest('hex')
  torrent.once('error', reject)
  return { torrent, ready }
}

/**
 * Has webtorrent believe what it is told of the pieces, and take none as there where it is told nothing. It would hash all of
 * them, or one of each file, and if that is bad all of the file: of unknown length, through its cache, at half the speed.
 */
export function trustBitfield(torrent: Torrent): void {
  torrent._verifyPieces = (done) => done(null)
}
