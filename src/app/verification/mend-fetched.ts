import { dataPathOf, heldPathOf, indexPathOf, torrentPathOf } from '../../archives/archive-paths.ts'
import type { Damage } from '../../domain/damage.ts'
import type { Download } from '../../torrents/client/download.ts'
import { DownloadStop } from '../downloading/download-stopped.ts'
import { fetchTorrentFile } from '../downloading/received-torrent.ts'
import { trackersWith, webSourcesIn } from '../torrents.ts'
import { partsMendedByPeers } from './mended-parts.ts'
import { isThereStill, isWantedServed, type FetchedToVerify } from './version-to-verify.ts'
import { checkAgain, stopCodeOf, type Mending, type TellMended, type VersionWork } from './version-work.ts'

/**
 * Mends a damaged version that was fetched: the pieces that a check struck are fetched again, and so are the index and the
 * torrent file. Peers are given meanwhile what is here.
 */
export async function mendFetched(
  work: VersionWork<FetchedToVerify>,
  damage: Damage,
  tell: TellMended,
): Promise<Mending> {
  let remaining = damage
  for (;;) {
    const fetched = await fetchFromPeers(work, remaining)
    if (fetched === null) return { remaining, code: stopCodeOf(work) }
    const checked = await checkAgain(work, remaining)
    if (checked.code !== null) return checked
    await tell(partsMendedByPeers([remaining, checked.remaining], fetched, work.version.fetched))
    if (checked.remaining === null || !isLess(checked.remaining, remaining)) return checked
    remaining = checked.remaining
  }
}

/** An event names some of the pieces only, and without the torrent file the index is not looked at. */
function isLess(after: Damage, before: Damage): boolean {
  return after.pieceCount < before.pieceCount || (before.torrentFile && !after.torrentFile)
}

/** @returns The pieces that came; null where nothing did, or it is not for this node to ask peers. */
async function fetchFromPeers(work: VersionWork<FetchedToVerify>, damage: Damage): Promise<ReadonlySet<number> | null> {
  const { job, ports, version } = work
  const { client, db } = ports
  if (client === null || client.port === null) return null
  const aborting = new AbortController()
  using _watch = job.watchFetch(version, () => aborting.abort())
  if (!(await isThereStill(db, version)) || !(await isWantedServed(db, version))) return null
  job.progress.enter('FETCHING')
  const came: Came = { pieces: new Set(), torrentFile: false }
  const signal = AbortSignal.any([job.signal, aborting.signal])
  const download = openDownload(work, client, damage)
  try {
    const problem = await fetchInto(came, { work, damage, download, signal })
    if (problem === null) return came.pieces
    ports.logFailure(`Peers gave ${came.pieces.size} of ${damage.pieceCount} pieces: ${problem}`, version)
    return came.pieces.size > 0 || came.torrentFile ? came.pieces : null
  } finally {
    await download.close()
  }
}

/** What peers gave. */
interface Came {
  readonly pieces: Set<number>
  torrentFile: boolean
}

interface Fetching {
  readonly work: VersionWork<FetchedToVerify>
  readonly damage: Damage
  readonly download: Download
  readonly signal: AbortSignal
}

/** @returns Why not all of it came; null where it did. */
async function fetchInto(came: Came, fetching: Fetching): Promise<string | null> {
  const { work, damage, download, signal } = fetching
  const { archivesDir } = work.ports
  const { communityId, infoHash, fetched: version } = work.version
  try {
    if (damage.torrentFile) {
      await fetchTorrentFile({ archivesDir, communityId, infoHash }, download, trackersOf(work).trackers, signal)
      came.torrentFile = true
    }
  } catch (error) {
    if (error instanceof DownloadStop) return error.code
    throw error
  }
  if (damage.pieces.length === 0) return null
  const { generation } = version.version
  const files = {
    dataPath: dataPathOf(archivesDir, communityId, generation),
    heldPath: heldPathOf(archivesDir, communityId, generation),
    indexPath: indexPathOf(archivesDir, communityId, infoHash),
  }
  const { pieces } = damage
  const outcome = await download.fetch({ files, pieces }, { signal, onPiece: (piece) => came.pieces.add(piece) })
  return outcome.ok ? null : outcome.error.code
}

function openDownload(
  work: VersionWork<FetchedToVerify>,
  client: Pick<NonNullable<VersionWork['ports']['client']>, 'openDownload'>,
  { torrentFile }: Damage,
): Download {
  const { ports, version } = work
  const { communityId, infoHash } = version
  const torrentPath = torrentFile ? null : torrentPathOf(ports.archivesDir, communityId, infoHash)
  const webSources = webSourcesIn(version.magnetUri)
  return client.openDownload({ communityId, infoHash, torrentPath, webSources, ...trackersOf(work) })
}

function trackersOf({ ports, version }: VersionWork<FetchedToVerify>): {
  readonly trackers: readonly string[]
  readonly trustedTrackers: readonly string[]
} {
  const trustedTrackers = version.trackers ?? ports.nodeTrackers
  return { trackers: trackersWith(version.magnetUri, trustedTrackers), trustedTrackers }
}
