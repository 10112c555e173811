import { open } from 'node:fs/promises'
import type { TorrentInput } from 'webtorrent'
import { isDamage } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { findBadPieces } from '../../formats/bad-pieces.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { awaitNextTick, hasStamp, removeStamp, stampOf, writeStamp, type FileStats } from './check-stamp.ts'
import { failureCodeOf, SeedingFailure } from './seeding-failure.ts'
import type { SharedFiles } from './shared-file.ts'
import { openTorrentFiles, type TorrentFiles } from './torrent-files.ts'
import { readTorrent, torrentInputOf } from './torrent-metainfo.ts'

export interface CheckPorts {
  readonly shared: SharedFiles
  /** Told of a stamp that could not be written or taken away. What was checked is served all the same. */
  readonly onStampFailed: (infoHash: InfoHash, error: unknown) => void
}

/** A torrent that may be served, its files open. */
export interface CheckedTorrent {
  readonly metainfo: TorrentInput
  readonly files: TorrentFiles
}

/**
 * Opens the files of a torrent, and hashes them unless they are as they were when they were last hashed, if that is
 * enough. What was hashed and found good is stamped, so that it can be told next time.
 *
 * @throws SeedingFailure; the system error when a file cannot be opened or read.
 */
export async function openChecked(ports: CheckPorts, torrent: TorrentToServe): Promise<CheckedTorrent> {
  await using torrentFile = await open(torrent.torrentPath, 'r')
  const parsed = await readTorrent(torrentFile, torrent)
  const files = await openTorrentFiles(ports.shared, torrent, parsed.indexBytes)
  const readStats = async (): Promise<FileStats> => ({
    ...(await files.stats()),
    torrent: await torrentFile.stat({ bigint: true }),
  })
  try {
    const isTrusted = torrent.check === 'IF_CHANGED' && (await hasStamp(torrent.stampPath, stampOf(await readStats())))
    if (!isTrusted) await checkWhole(ports, torrent, { parsed, files, readStats })
    return { metainfo: torrentInputOf(parsed, torrent.trackers), files }
  } catch (error) {
    await files.close()
    throw error
  }
}

/** Why a torrent that is served could not be served anew; null when it could. @throws What kept it from checking. */
export async function findDamage(ports: CheckPorts, torrent: TorrentToServe): Promise<unknown> {
  try {
    const { files } = await openChecked(ports, { ...torrent, check: 'WHOLE' })
    await files.close()
    return null
  } catch (error) {
    if (isDamage(failureCodeOf(error))) return error
    throw error
  }
}

interface OpenedTorrent {
  readonly parsed: Torrent
  readonly files: TorrentFiles
  readonly readStats: () => Promise<FileStats>
}

/** Hashes all, and stamps what is good. A file that changes meanwhile was not hashed as it is now, so it gets no stamp. */
async function checkWhole(
  { onStampFailed }: CheckPorts,
  { infoHash, stampPath }: TorrentToServe,
  { parsed, files, readStats }: OpenedTorrent,
): Promise<void> {
  const stats = await readStats()
  const stamp = stampOf(stats)
  await awaitNextTick(stats)
  try {
    await requireGoodPieces(parsed, files)
  } catch (error) {
    // A bad disk changes the bytes and nothing that a stamp tells.
    await removeStamp(stampPath).catch((fault: unknown) => onStampFailed(infoHash, fault))
    throw error
  }
  if (stampOf(await readStats()) !== stamp) return
  await writeStamp(stampPath, stamp).catch((fault: unknown) => onStampFailed(infoHash, fault))
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
