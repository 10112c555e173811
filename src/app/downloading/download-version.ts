import { readFile, stat } from 'node:fs/promises'
import { indexPathOf, torrentPathOf } from '../../archives/archive-paths.ts'
import { checkReceivedIndex, type ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import type { ReceivedTorrent } from '../../archives/receiving/check-received-torrent.ts'
import { chooseGeneration } from '../../archives/receiving/choose-generation.ts'
import { prepareGeneration } from '../../archives/receiving/prepare-generation.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { dataPieceCount } from '../../formats/held-pieces.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import type { DownloadStopped } from '../../reactors/downloading-reactor.ts'
import type { Download } from '../../torrents/client/download.ts'
import { trackersWith, webSourcesIn } from '../torrents.ts'
import { DownloadStop, requireRecorded, stoppedBy, valueOrStop } from './download-stopped.ts'
import {
  requireSpace,
  type DownloadJob,
  type DownloadOfTorrent,
  type DownloadPorts,
  type RunningRow,
} from './download-job.ts'
import { fetchArchives } from './fetch-archives.ts'
import { fetchTorrentFile, readTorrentFile } from './received-torrent.ts'

/** What `blocks` counts. */
const BLOCK_BYTES = 512

/**
 * Fetches what a download wants: the torrent, then the index alone, then pieces, each checked before the next is asked
 * for. What is here is not fetched again, and what was fetched stays, however it ends.
 *
 * What is served of the torrent is given to peers by the download meanwhile, and is served again by the end of it.
 */
export async function downloadVersion(
  running: RunningRow,
  signal: AbortSignal,
  ports: DownloadPorts,
): Promise<Result<null, DownloadStopped>> {
  const { gate, progress, logFailure } = ports
  const { communityId, downloadId, infoHash } = running
  try {
    using _closed = await gate.close(infoHash)
    const end = await fetchVersion(running, signal, ports)
    requireRecorded(await ports.record({ type: 'RecordDownloadFinished', communityId, download: end }, running))
    return ok(null)
  } catch (thrown) {
    const stopped = stoppedBy(thrown)
    if (!signal.aborted) {
      logFailure(thrown, running)
      progress.stopped(communityId, downloadId, stopped.code)
    }
    return err(stopped)
  }
}

/** @returns What is here in the end, once nothing is written any more. */
async function fetchVersion(
  running: RunningRow,
  signal: AbortSignal,
  ports: DownloadPorts,
): ReturnType<typeof fetchArchives> {
  const { archivesDir, progress, space } = ports
  const { communityId, downloadId, infoHash } = running
  const { known, download, trackers } = await open(running, ports)
  try {
    using claim = space.open()
    using tell = progress.begin(communityId, downloadId, () => download.stats())
    const about = { archivesDir, communityId, infoHash }
    const torrent = known ?? (await fetchTorrentFile(about, download, trackers, signal))
    return await fetchPieces({ running, ports, download, tell, claim, signal }, torrent)
  } finally {
    await download.close()
  }
}

async function open(
  { communityId, infoHash, magnetUri }: RunningRow,
  { archivesDir, client, readSettings }: DownloadPorts,
): Promise<{
  readonly known: ReceivedTorrent | null
  readonly download: Download
  readonly trackers: readonly string[]
}> {
  const trustedTrackers = (await readSettings(communityId)).trackers
  const trackers = trackersWith(magnetUri, trustedTrackers)
  const known = await readTorrentFile({ archivesDir, communityId, infoHash })
  // Without its file it cannot be taken over.
  if (known === null) await client.drop(infoHash)
  const torrentPath = known === null ? null : torrentPathOf(archivesDir, communityId, infoHash)
  const webSources = webSourcesIn(magnetUri)
  const wanted = { communityId, infoHash, trackers, trustedTrackers, webSources, torrentPath }
  return { known, download: client.openDownload(wanted), trackers }
}

async function fetchPieces(job: DownloadJob, torrent: ReceivedTorrent): ReturnType<typeof fetchArchives> {
  const { running, ports, signal } = job
  const { archivesDir, client, readSettings, readGeneration, readServedGeneration } = ports
  const { communityId, infoHash } = running
  const { quotaBytes } = await readSettings(communityId)
  const neededBytes = torrent.dataBytes + torrent.indexBytes
  if (quotaBytes !== null && neededBytes > quotaBytes) {
    throw new DownloadStop('QUOTA_EXCEEDED', { neededBytes, quotaBytes })
  }
  const chosen = await chooseGeneration(archivesDir, torrent, await readGeneration(communityId))
  const indexPath = indexPathOf(archivesDir, communityId, infoHash)
  await requireSpace(chosen.copiedPieces * torrent.pieceBytes + (await missingBytes(indexPath, torrent)), job)
  await prepareGeneration(chosen, torrent, signal)
  // What is served from other files than these cannot be taken over: it would be given back as it was.
  if (client.active().has(infoHash) && (await readServedGeneration(running)) !== chosen.generation) {
    await client.drop(infoHash)
  }
  const { dataPath, heldPath } = chosen
  const files = { dataPath, heldPath, indexPath }
  const opened = { ...job, torrent, chosen, files }
  return fetchArchives(opened, await fetchIndex(opened))
}

/** How much of the index is not on the disk, where it may have holes. */
async function missingBytes(indexPath: string, { indexBytes }: ReceivedTorrent): Promise<number> {
  const stats = await stat(indexPath).catch(whenMissing(null))
  return Math.max(0, indexBytes - (stats?.blocks ?? 0) * BLOCK_BYTES)
}

/** The index alone: before it is known to be good, nothing that it says counts. */
async function fetchIndex({
  torrent,
  files,
  download,
  signal,
  ports,
}: DownloadOfTorrent): Promise<readonly ReceivedArchive[]> {
  const from = dataPieceCount(torrent)
  const to = from + Math.ceil(torrent.indexBytes / torrent.pieceBytes)
  valueOrStop(await download.fetch({ files, pieces: [{ from, to }] }, { signal }))
  const checked = await checkReceivedIndex(await readFile(files.indexPath), torrent, ports.cipher)
  if (checked.ok) return checked.value.archives
  const { code, numbers, reason } = checked.error
  throw new DownloadStop(code === 'INDEX_DAMAGED' ? 'READ_FAILED' : code, numbers, reason)
}
