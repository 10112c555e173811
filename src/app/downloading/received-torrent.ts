import { readFile } from 'node:fs/promises'
import { torrentPathOf, versionFolderOf } from '../../archives/archive-paths.ts'
import { nodeFileSteps } from '../../archives/file-steps.ts'
import { replaceVersionFiles } from '../../archives/packing/version-files.ts'
import { checkReceivedTorrent, type ReceivedTorrent } from '../../archives/receiving/check-received-torrent.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { encodeInfo, torrentFileOf } from '../../formats/torrent-file.ts'
import { parseTorrentFile } from '../../formats/torrent-parser.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import type { Download } from '../../torrents/client/download.ts'
import { DownloadStop, valueOrStop } from './download-stopped.ts'

/** A torrent that is, or is to be, fetched. */
export interface TorrentOfCommunity {
  readonly archivesDir: string
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
}

/** The torrent that is on the disk already, and is the very one; null where there is none. */
export async function readTorrentFile(about: TorrentOfCommunity): Promise<ReceivedTorrent | null> {
  const path = torrentPathOf(about.archivesDir, about.communityId, about.infoHash)
  const bytes = await readFile(path).catch(whenMissing(null))
  const parsed = bytes === null ? null : parseTorrentFile(bytes)
  if (parsed === null || !parsed.ok) return null
  const checked = checkReceivedTorrent(encodeInfo(parsed.value), about)
  return checked.ok ? checked.value : null
}

/**
 * Asks peers for the torrent, checks it, and writes it down, so that it is never asked for again.
 *
 * @param trackers Announce URLs that the file names.
 * @throws DownloadStop.
 */
export async function fetchTorrentFile(
  about: TorrentOfCommunity,
  download: Download,
  trackers: readonly string[],
  signal: AbortSignal,
): Promise<ReceivedTorrent> {
  const info = valueOrStop(await download.metadata({ signal }))
  const checked = checkReceivedTorrent(info, about)
  if (!checked.ok) throw new DownloadStop(checked.error.code, checked.error.numbers, checked.error.reason)
  const folder = versionFolderOf(about.archivesDir, about.communityId, about.infoHash)
  replaceVersionFiles(nodeFileSteps, folder, new Map([['torrent', torrentFileOf(checked.value, trackers)]]))
  return checked.value
}
