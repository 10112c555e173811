import { heldPathOf } from '../../src/archives/archive-paths.ts'
import { dataPieceCount, isPieceHeld, readHeldPieces } from '../../src/formats/held-pieces.ts'
import { PIECE_HASH_BYTES } from '../../src/formats/piece-hashes.ts'
import type { TorrentClient } from '../../src/torrents/client/torrent-client.ts'
import type { PublishedVersion } from './published-version.ts'
import { readBitfield } from './served-pieces.ts'
import { portOf } from './torrent-client.ts'

/** The pieces of `data` that a member notes as held of a version. */
export async function heldOf(
  archivesDir: string,
  { torrent }: PublishedVersion,
  generation = 1,
): Promise<readonly number[]> {
  const held = await readHeldPieces(heldPathOf(archivesDir, torrent.communityId, generation))
  return [...Array(dataPieceCount(torrent)).keys()].filter((piece) => isPieceHeld(held, torrent, piece))
}

/** The pieces that a peer is offered of a version: those of the index come last. None where it is not served. */
export async function offeredOf(
  client: TorrentClient,
  { infoHash, torrent }: PublishedVersion,
): Promise<readonly number[]> {
  return offeredBy(portOf(client), { infoHash, pieces: torrent.pieces.length / PIECE_HASH_BYTES })
}

/** The same of a torrent client in another process. */
export async function offeredBy(
  port: number,
  { infoHash, pieces }: { readonly infoHash: string; readonly pieces: number },
): Promise<readonly number[]> {
  const bits = await readBitfield(port, infoHash)
  const has = (piece: number): boolean => ((bits?.[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
  return [...Array(pieces).keys()].filter(has)
}
