import { open } from 'node:fs/promises'
import type { TorrentInput } from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import { findBadPieces } from '../../formats/bad-pieces.ts'
import { wholeStampOf, type VersionStats } from '../../formats/check-stamp.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { awaitNextTick, readStamp, removeStamp, trustedBytesOf, writeStamp } from './check-stamp.ts'
import { SeedingFailure } from './seeding-failure.ts'
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
  readonly parsed: Torrent
  readonly metainfo: TorrentInput
  readonly files: TorrentFiles
  /** Takes the stamp away, when a read found the files to be damaged: a bad disk changes the bytes and nothing in a stamp. */
  distrust(this: void): Promise<void>
}

/**
 * Opens the files of a torrent, and hashes them but for what is as it was when it was last hashed, if that is enough.
 * Files that were found good are stamped, so that it can be told next time.
 *
 * @throws SeedingFailure; the system error when a file cannot be opened or read.
 */
export async function openChecked(ports: CheckPorts, torrent: TorrentToServe): Promise<CheckedTorrent> {
  await using torrentFile = await open(torrent.torrentPath, 'r')
  const parsed = await readTorrent(torrentFile, torrent)
  const files = await openTorrentFiles(ports.shared, torrent, parsed.indexBytes)
  const readStats = async (): Promise<VersionStats> => ({
    ...(await files.stats()),
    torrent: await torrentFile.stat({ bigint: true }),
  })
  try {
    const stamp = torrent.check === 'IF_CHANGED' ? await readStamp(torrent.stampPath) : null
    const stats = await readStats()
    const trustedBytes = trustedBytesOf(stamp, stats, parsed)
    if (trustedBytes < files.length) await checkRest(ports, torrent, { parsed, files, readStats, stats, trustedBytes })
    const metainfo = torrentInputOf(parsed, torrent.trackers)
    return { parsed, metainfo, files, distrust: () => takeStampAway(ports, torrent) }
  } catch (error) {
    await files.close()
    throw error
  }
}

interface OpenedTorrent {
  readonly parsed: Torrent
  readonly files: TorrentFiles
  readonly readStats: () => Promise<VersionStats>
  /** What the system said of the files when it was told how much of them can be trusted. */
  readonly stats: VersionStats
  /** A whole number of pieces, unless it is all. */
  readonly trustedBytes: number
}

/**
 * Hashes all that is not trusted, and stamps what is good. A file that changes meanwhile was not hashed as it is now, so
 * it gets no stamp.
 */
async function checkRest(
  ports: CheckPorts,
  torrent: TorrentToServe,
  { parsed, files, readStats, stats, trustedBytes }: OpenedTorrent,
): Promise<void> {
  const stamp = wholeStampOf(stats, parsed.dataBytes)
  await awaitNextTick(stats)
  try {
    await requireGoodPieces(parsed, files, trustedBytes / parsed.pieceBytes)
  } catch (error) {
    await takeStampAway(ports, torrent)
    throw error
  }
  if (wholeStampOf(await readStats(), parsed.dataBytes) !== stamp) return
  const { infoHash, stampPath } = torrent
  await writeStamp(stampPath, stamp).catch((fault: unknown) => ports.onStampFailed(infoHash, fault))
}

async function takeStampAway(ports: CheckPorts, { infoHash, stampPath }: TorrentToServe): Promise<void> {
  await removeStamp(stampPath).catch((fault: unknown) => ports.onStampFailed(infoHash, fault))
}

/**
 * Hashes the pieces from this one on, those of `data` and those of the index.
 *
 * webtorrent's own verification reads through its piece cache at half the speed, and ends without an
 * error where a read fails.
 *
 * @throws SeedingFailure PIECES_DAMAGED at the first bad one; what `files.read` throws.
 */
async function requireGoodPieces(torrent: Torrent, files: TorrentFiles, fromPiece: number): Promise<void> {
  const { infoHash } = torrent
  const source = { firstPiece: 0, length: files.length, read: files.read }
  const badPieces = findBadPieces(torrent, source, fromPiece)
  const { value: piece } = await badPieces.next()
  if (piece === undefined) return
  throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${infoHash}: piece ${piece} has another hash`)
}
