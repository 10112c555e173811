/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type { ChunkStore, TorrentInput } from 'webtorrent'
import { addTorrent, trustBitfield, type AddedTorrent } from './add-torrent.ts'

/** The pieces of a torrent that are here, and where. */
export interface PartialSeed {
  readonly preloadedStore: ChunkStore
  readonly bitfield: Uint8Array
}

/**
 * Hands a torrent to webtorrent of which only some pieces are here, and no others are wanted.
 *
 * webtorrent would be interested in whoever has more, and so hold one of the few places that a seeder gives out: twelve such
 * peers would keep a thirteenth from fetching. It would also take what peers offer unasked.
 *
 * @see BEP 21, "upload_only": https://www.bittorrent.org/beps/bep_0021.html
 */
export function seedInPart(
  client: WebTorrent,
  metainfo: TorrentInput,
  seed: PartialSeed,
  onError: (error: unknown) => void,
): AddedTorrent {
  const added = addTorrent(client, metainfo, { ...seed, deselect: true }, onError)
  const { torrent } = added
  trustBitfield(torrent)
  torrent._request = () => false
  torrent._updateWireInterest = (wire) => wire.uninterested()
  torrent.on('wire', (wire: Wire) => {
    wire.extendedHandshake['upload_only'] = 1
  })
  return added
}
