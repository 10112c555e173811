import type { Kysely } from 'kysely'
import { heldPathOf } from '../../archives/archive-paths.ts'
import { PIECE_BYTES } from '../../domain/archive.ts'
import { dataPieceCount, isAnyPieceHeld, readHeldPieces } from '../../formats/held-pieces.ts'
import { piecesIn } from '../../formats/piece-ranges.ts'
import { piecesOf } from '../../archives/repair/recorded-version.ts'
import { readFetchedArchives } from '../../projections/archives.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import type { SeedingRow } from '../../projections/read-seeding.ts'
import { readTorrentFile } from '../downloading/received-torrent.ts'

/**
 * Whether a fetched torrent lacks a piece of an archive that is recorded as here: it was struck when the torrent was served,
 * and a crash came before that was told. Says so by what is noted alone, and hashes nothing.
 *
 * @throws The system error when a file cannot be read.
 */
export async function lacksRecordedPieces(
  db: Kysely<ReadModels>,
  archivesDir: string,
  version: Pick<SeedingRow, 'communityId' | 'infoHash' | 'generation'>,
): Promise<boolean> {
  const { communityId, infoHash, generation } = version
  const torrent = await readTorrentFile({ archivesDir, communityId, infoHash })
  if (torrent === null) return true
  const held = await readHeldPieces(heldPathOf(archivesDir, communityId, generation))
  const isMissing = (piece: number): boolean => piece < dataPieceCount(torrent) && !isAnyPieceHeld(held, piece)
  const archives = await readFetchedArchives(db, version)
  return piecesIn(archives.map((archive) => piecesOf(archive, PIECE_BYTES))).some(isMissing)
}
