import { dataPathOf, indexPathOf, torrentPathOf } from '../../archives/archive-paths.ts'
import type { Damage } from '../../domain/damage.ts'
import type { PiecesToFetch } from '../../torrents/client/pieces-to-fetch.ts'
import { partsMendedByPeers, partsMendedHere } from './mended-parts.ts'
import { isThereStill, isWantedServed, type PackedToVerify } from './version-to-verify.ts'
import { checkAgain, stopCodeOf, type Mending, type TellMended, type VersionWork } from './version-work.ts'

/**
 * Mends a damaged version that was packed here: from recorded messages and the log, then what is left from peers.
 */
export async function mendVersion(
  work: VersionWork<PackedToVerify>,
  damage: Damage,
  tell: TellMended,
): Promise<Mending> {
  const { job, ports, version } = work
  const { files, locks } = ports
  const onBegin = (): void => job.progress.enter('REPAIRING')
  const repair = await locks.hold(version.communityId, async () =>
    // Whoever held the lock before may have purged the files; to repair them would bring them back.
    (await isThereStill(ports.db, version))
      ? files.repair(version.request, damage, { signal: job.signal, onBegin, isUrgent: true })
      : null,
  )
  if (repair === null) return { remaining: damage, code: 'STOPPED' }
  if (!repair.ok) {
    const { code, details } = repair.error
    if (code !== 'STOPPED') ports.logFailure(details, version)
    return { remaining: damage, code }
  }
  const mended = await checkAgain(work, damage)
  if (mended.code !== null) return mended
  await tell(partsMendedHere([damage, mended.remaining], repair.value, version.request))
  return mended.remaining === null ? mended : fetchRest(work, mended.remaining, tell)
}

/** An event names some of the pieces only, so that a fetch of these may be followed by another. */
async function fetchRest(work: VersionWork<PackedToVerify>, damage: Damage, tell: TellMended): Promise<Mending> {
  let remaining = damage
  for (;;) {
    const fetched = await fetchFromPeers(work, remaining)
    if (fetched.size === 0) return { remaining, code: stopCodeOf(work) }
    const checked = await checkAgain(work, remaining)
    if (checked.code !== null) return checked
    await tell(partsMendedByPeers([remaining, checked.remaining], fetched, work.version.request))
    if (checked.remaining === null) return checked
    remaining = checked.remaining
  }
}

/** @returns The pieces that came. None where it is not for this node to ask peers. */
async function fetchFromPeers(work: VersionWork<PackedToVerify>, damage: Damage): Promise<ReadonlySet<number>> {
  const { job, ports, version } = work
  const fetched = new Set<number>()
  const { client } = ports
  // Without its torrent file nobody can tell a good piece.
  if (client === null || client.port === null || damage.torrentFile || damage.pieces.length === 0) return fetched
  const aborting = new AbortController()
  using _watch = job.watchFetch(version, () => aborting.abort())
  if (!(await isWantedServed(ports.db, version))) return fetched
  job.progress.enter('FETCHING')
  const outcome = await client.fetch(wantedOf(work, damage), {
    signal: AbortSignal.any([job.signal, aborting.signal]),
    onPiece: (piece) => fetched.add(piece),
  })
  if (!outcome.ok)
    ports.logFailure(`Peers gave ${fetched.size} of ${damage.pieceCount} pieces: ${outcome.error.code}`, version)
  return fetched
}

function wantedOf({ ports, version }: VersionWork<PackedToVerify>, { pieces }: Damage): PiecesToFetch {
  const { communityId, infoHash, request, trackers } = version
  const { archivesDir, nodeTrackers } = ports
  const announced = trackers ?? nodeTrackers
  return {
    communityId,
    infoHash,
    torrentPath: torrentPathOf(archivesDir, communityId, infoHash),
    dataPath: dataPathOf(archivesDir, communityId, request.version.generation),
    dataBytes: request.version.dataBytes,
    indexPath: indexPathOf(archivesDir, communityId, infoHash),
    trackers: announced,
    trustedTrackers: announced,
    pieces,
  }
}
