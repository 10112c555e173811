import { readFileSync, writeFileSync } from 'node:fs'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { PiecesToDownload, TorrentToDownload } from '../../src/torrents/client/download.ts'
import type { PiecesToFetch } from '../../src/torrents/client/pieces-to-fetch.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from './torrent-fixture.ts'

/** Which pieces of it are bad: of `data`, two of them adjacent, and the last one of `index`, which is short. */
export const BAD_PIECES: readonly number[] = [2, 3, 7, 13]
/** How many bytes these are. */
export const BAD_BYTES = 3 * PIECE_BYTES + 300

const BAD_RANGES = [
  { from: 2, to: 4 },
  { from: 7, to: 8 },
  { from: 13, to: 14 },
]

/** Writes a torrent of 12 pieces of `data` and 2 of `index`, some of which are zeros on disk. */
export function writeDamagedTorrent(bad: readonly number[] = BAD_PIECES): TorrentFixture {
  const shape = { seed: 1, dataPieces: 12, indexBytes: PIECE_BYTES + 300 }
  const fixture = writeTorrentFixture(createTemporaryFolder(), shape)
  const { dataPath, dataBytes, indexPath } = fixture.torrent
  const bytes = Buffer.from(fixture.bytes)
  for (const piece of bad) pieceOf(bytes, piece).fill(0)
  writeFileSync(dataPath, bytes.subarray(0, dataBytes))
  writeFileSync(indexPath, bytes.subarray(dataBytes))
  return fixture
}

/** Asks for the bad pieces. */
export function wantedOf({ torrent }: TorrentFixture, more: Partial<PiecesToFetch> = {}): PiecesToFetch {
  return { ...torrent, pieces: BAD_RANGES, stallMs: 5_000, ...more }
}

/** The same, as a download that notes nothing. */
export function downloadOf(
  fixture: TorrentFixture,
  { stallMs = 5_000 }: Partial<PiecesToDownload> = {},
): PiecesToDownload & { readonly torrent: TorrentToDownload } {
  const { torrent } = fixture
  const files = { dataPath: torrent.dataPath, indexPath: torrent.indexPath, heldPath: null }
  return { torrent, files, pieces: BAD_RANGES, stallMs }
}

/** `data` and `index` as they are on disk now. */
export function bytesOnDisk({ torrent }: TorrentFixture): Buffer {
  return Buffer.concat([readFileSync(torrent.dataPath), readFileSync(torrent.indexPath)])
}

/** The pieces that are bad on disk now. */
export function badPiecesOf(fixture: TorrentFixture): number[] {
  const bytes = bytesOnDisk(fixture)
  return [...Array(fixture.pieces).keys()].filter(
    (piece) => !pieceOf(bytes, piece).equals(pieceOf(fixture.bytes, piece)),
  )
}

function pieceOf(bytes: Buffer, piece: number): Buffer {
  return bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)
}
