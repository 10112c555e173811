import type { Damage } from '../../domain/damage.ts'
import type { MendedPart, VerifiedVersion } from '../../graphql/verifications.ts'
import { readDownloadsToRun } from '../../projections/read-fetching.ts'
import { mendFetched } from './mend-fetched.ts'
import { mendVersion } from './mend-version.ts'
import { isThereStill, readVersionsToVerify, type VersionToVerify } from './version-to-verify.ts'
import {
  checkVersionOf,
  recordRepaired,
  recordVerified,
  type Mending,
  type TellMended,
  type VerificationJob,
  type VerifyPorts,
  type VersionCheck,
  type VersionWork,
} from './version-work.ts'

/**
 * Checks the files of a community's versions, and mends what is damaged: from recorded messages and the log, then from
 * peers; what was fetched, from peers alone.
 *
 * All are checked and recorded first, as they share `data`. What is damaged is dropped from the torrent client before
 * that, and is not served again until it was mended or given up. A fetched version is served then without what is missing.
 */
export async function verifyCommunity(job: VerificationJob, ports: VerifyPorts): Promise<readonly VerifiedVersion[]> {
  const versions = await readVersionsToVerify(job.communityId, ports)
  for (const { bytes } of versions) job.progress.expect(bytes)
  const found: CheckedWork[] = []
  for (const version of versions) {
    const work = { job, ports, version }
    // What nobody asked for is done because something is known to be damaged.
    found.push({ work, ...(await checkVersionOf(work, !job.isWish)) })
  }
  const isOfPeers = ({ work: { version }, damage }: CheckedWork): boolean =>
    version.origin === 'FETCHED' && damage !== null
  const others = await mendAll(found.filter((checked) => !isOfPeers(checked)))
  const ofPeers = await mendAllFetched(found.filter(isOfPeers), job, ports)
  const verified = new Map([...others, ...ofPeers].map((version) => [version.infoHash, version]))
  return versions.flatMap(({ infoHash }) => verified.get(infoHash) ?? [])
}

async function mendAll(found: readonly CheckedWork[]): Promise<readonly VerifiedVersion[]> {
  using gates = new DisposableStack()
  const told: CheckedWork[] = []
  for (const checked of found) told.push(await tellFound(checked, gates))
  const verified: VerifiedVersion[] = []
  for (const checked of told) verified.push(await mendFound(checked))
  return verified
}

/** A download that goes on has the files, for as long as its peers take: then they are mended another time. */
async function mendAllFetched(
  found: readonly CheckedWork[],
  { communityId }: VerificationJob,
  { db, fetchLocks }: VerifyPorts,
): Promise<readonly VerifiedVersion[]> {
  if (found.length === 0) return []
  const downloads = fetchLocks.isHeld(communityId) ? await readDownloadsToRun(db) : []
  const isBusy = downloads.some((download) => download.communityId === communityId)
  if (!isBusy) return fetchLocks.hold(communityId, async () => mendAll(found))
  for (const { work, pieces, damage } of found) {
    if (pieces !== null && isToldAtOnce(work.job, work.version, damage)) await recordVerified(work, pieces, damage)
  }
  return found.map(({ work, pieces, damage, code }) => {
    return { infoHash: work.version.infoHash, pieces, damage, mended: [], remaining: damage, code }
  })
}

/** A version that was checked. */
interface CheckedWork extends VersionCheck {
  readonly work: VersionWork
}

/**
 * A check that nobody asked for tells only news: what else it finds is told once something of it is mended.
 *
 * @returns What is to be mended: nothing where the version had no part any more by then.
 */
async function tellFound(checked: CheckedWork, gates: DisposableStack): Promise<CheckedWork> {
  const { work, pieces, damage } = checked
  const { job, ports, version } = work
  if (pieces === null) return checked
  const stopped: CheckedWork = damage === null ? checked : { ...checked, code: 'STOPPED' }
  if (damage !== null && !(await isThereStill(ports.db, version))) return stopped
  if (damage !== null && ports.client !== null) {
    gates.use(await ports.gate.close(version.infoHash))
    if (ports.client.active().has(version.infoHash)) await ports.client.drop(version.infoHash)
  }
  if (!isToldAtOnce(job, version, damage)) return checked
  return (await recordVerified(work, pieces, damage)) ? checked : stopped
}

function isToldAtOnce(
  { isWish }: VerificationJob,
  { isBelievedWhole, isFoundDamaged }: VersionToVerify,
  damage: Damage | null,
): boolean {
  // That it is whole again shows by nothing else.
  const isEnd = damage === null && isFoundDamaged
  return isWish || isEnd || (damage !== null && isBelievedWhole)
}

async function mendFound({ work, pieces, damage, code }: CheckedWork): Promise<VerifiedVersion> {
  const { job, version } = work
  const { infoHash } = version
  if (damage === null || pieces === null || code !== null) {
    return { infoHash, pieces, damage, mended: [], remaining: damage, code }
  }
  const mended: MendedPart[] = []
  const mending = await mend(work, damage, async (parts) => {
    const isTold = version.isFoundDamaged || isToldAtOnce(job, version, damage)
    if (mended.length === 0 && parts.length > 0 && !isTold) {
      await recordVerified(work, pieces, damage)
    }
    for (const part of parts) await recordRepaired(work, part)
    mended.push(...parts)
  })
  return { infoHash, pieces, damage, mended, ...mending }
}

async function mend({ job, ports, version }: VersionWork, damage: Damage, tell: TellMended): Promise<Mending> {
  return version.origin === 'PACKED'
    ? mendVersion({ job, ports, version }, damage, tell)
    : mendFetched({ job, ports, version }, damage, tell)
}
