import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { heldRangesOf, readHeldPieces } from '../../src/formats/held-pieces.ts'
import { piecesIn } from '../../src/formats/piece-ranges.ts'
import type { DownloadFiles, TorrentToDownload } from '../../src/torrents/client/download.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import type { TorrentFixture } from './torrent-fixture.ts'
import { valueOf } from './value-of.ts'

/** Where a download writes to, in a folder of its own. */
export interface FetchedFiles extends DownloadFiles {
  readonly heldPath: string
}

export function createFetchedFiles(): FetchedFiles {
  const folder = createTemporaryFolder()
  return { dataPath: join(folder, 'data.0'), indexPath: join(folder, 'index'), heldPath: join(folder, 'held.0') }
}

/** The magnet link of a fixture, and peers to dial. */
export function magnetOf({ torrent }: TorrentFixture, ...peers: readonly string[]): TorrentToDownload {
  const { communityId, infoHash } = torrent
  return { communityId, infoHash, trackers: [], trustedTrackers: [], peers, torrentPath: null }
}

/** The pieces of `data` that `held` names. */
export async function heldPiecesOf({ heldPath }: FetchedFiles, { torrentFile }: TorrentFixture): Promise<number[]> {
  return [...piecesIn(heldRangesOf(await readHeldPieces(heldPath), valueOf(parseTorrentFile(torrentFile))))]
}

/** The SHA-1 of a piece. */
export function hashOf({ bytes }: TorrentFixture, piece: number): Buffer {
  return hash('sha1', bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES), 'buffer')
}

/** Whether this piece of `data` is on disk as it should be. */
export function isOnDisk({ dataPath }: FetchedFiles, { bytes }: TorrentFixture, piece: number): boolean {
  const range = [piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES] as const
  return readFileSync(dataPath)
    .subarray(...range)
    .equals(bytes.subarray(...range))
}
