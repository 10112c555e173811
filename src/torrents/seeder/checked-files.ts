import type { TorrentInput } from 'webtorrent'
import { isDamage } from '../../domain/failure-codes.ts'
import { findBadPieces } from '../../formats/bad-pieces.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { failureCodeOf, SeedingFailure } from './seeding-failure.ts'
import type { SharedFiles } from './shared-file.ts'
import { openTorrentFiles, type TorrentFiles } from './torrent-files.ts'
import { readTorrent, torrentInputOf } from './torrent-metainfo.ts'

/**
 * Opens the files of a torrent, and hashes what is to be verified of them.
 *
 * @throws SeedingFailure; the system error when a file cannot be opened or read.
 */
export async function openChecked(
  shared: SharedFiles,
  torrent: TorrentToServe,
): Promise<{ metainfo: TorrentInput; files: TorrentFiles }> {
  const parsed = await readTorrent(torrent)
  const files = await openTorrentFiles(shared, torrent, parsed.indexBytes)
  try {
    if (torrent.check === 'WHOLE') await requireGoodPieces(parsed, files)
    return { metainfo: torrentInputOf(parsed, torrent.trackers), files }
  } catch (error) {
    await files.close()
    throw error
  }
}

/** Why a torrent that is served could not be served anew; null when it could. @throws What kept it from checking. */
export async function findDamage(shared: SharedFiles, torrent: TorrentToServe): Promise<unknown> {
  try {
    const { files } = await openChecked(shared, { ...torrent, check: 'WHOLE' })
    await files.close()
    return null
  } catch (error) {
    if (isDamage(failureCodeOf(error))) return error
    throw error
  }
}

/**
 * Hashes all pieces, those of `data` and those of the index.
 *
 * webtorrent's own verification reads through its piece cache at half the speed, and ends without an
 * error where a read fails.
 *
 * @throws SeedingFailure PIECES_DAMAGED at the first bad one; what `files.read` throws.
 */
async function requireGoodPieces(torrent: Torrent, files: TorrentFiles): Promise<void> {
  const { infoHash } = torrent
  const source = { firstPiece: 0, length: files.length, read: files.read }
  const badPieces = findBadPieces(torrent, source)
  const { value: piece } = await badPieces.next()
  if (piece === undefined) return
  throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${infoHash}: piece ${piece} has another hash`)
}
