import type { VersionStats } from '../../formats/check-stamp.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { awaitNextTick, writeStamp } from './check-stamp.ts'
import type { TorrentFiles } from './torrent-files.ts'

/** A torrent whose files are open, and were not looked at yet. */
export interface OpenedTorrent {
  readonly torrent: TorrentToServe
  readonly parsed: Torrent
  readonly files: TorrentFiles
  readonly readStats: () => Promise<VersionStats>
  /** What the system said of the files when they were opened. */
  readonly stats: VersionStats
  /** What was noted down of them before; null for nothing that counts. */
  readonly stamp: string | null
  /** Takes the stamps away: that of the version, and that of the note of its `data`. */
  readonly distrust: () => Promise<void>
  readonly onStampFailed: (error: unknown) => void
}

/** Which pieces of a torrent are here. */
export interface FoundPieces {
  /** One bit each, the first the highest of its byte; null for all. */
  readonly bitfield: Uint8Array | null
  /** How many should have been here and are not. */
  readonly struck: number
}

/**
 * Hashes what is not trusted, and stamps it if it is good. A file that changes meanwhile was not hashed as it is now, so it
 * gets no stamp.
 *
 * @param hash Resolves with false where there is no stamp to be given; or throws.
 */
export async function hashAndStamp(
  { torrent, readStats, stats, distrust, onStampFailed }: OpenedTorrent,
  stampOf: (stats: VersionStats) => string,
  hash: () => Promise<boolean>,
): Promise<void> {
  await awaitNextTick(stats)
  let isGood = false
  try {
    isGood = await hash()
  } finally {
    if (!isGood) await distrust()
  }
  const stamp = stampOf(stats)
  if (isGood && stampOf(await readStats()) === stamp) await writeStamp(torrent.stampPath, stamp).catch(onStampFailed)
}
