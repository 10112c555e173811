import type { Damage } from '../../domain/damage.ts'
import type { MendedPart, VerifiedVersion } from '../../graphql/verifications.ts'
import { mendVersion } from './mend-version.ts'
import { isThereStill, readVersionsToVerify, type VersionToVerify } from './version-to-verify.ts'
import {
  checkVersionOf,
  recordRepaired,
  recordVerified,
  type VerificationJob,
  type VerifyPorts,
  type VersionCheck,
  type VersionWork,
} from './version-work.ts'

/**
 * Checks the files of a community's versions, and mends what is damaged: from recorded messages and the log, then from
 * peers.
 *
 * All are checked and recorded first, as they share `data`. What is damaged is dropped from the torrent client before
 * that, and is not served again until it was mended or given up.
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
  using gates = new DisposableStack()
  const told: CheckedWork[] = []
  for (const checked of found) told.push(await tellFound(checked, gates))
  const verified: VerifiedVersion[] = []
  for (const checked of told) verified.push(await mendFound(checked))
  return verified
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
  { isBelievedWhole }: VersionToVerify,
  damage: Damage | null,
): boolean {
  return isWish || (damage !== null && isBelievedWhole)
}

async function mendFound({ work, pieces, damage, code }: CheckedWork): Promise<VerifiedVersion> {
  const { job, version } = work
  const { infoHash } = version
  if (damage === null || pieces === null || code !== null) {
    return { infoHash, pieces, damage, mended: [], remaining: damage, code }
  }
  const mended: MendedPart[] = []
  const mending = await mendVersion(work, damage, async (parts) => {
    if (mended.length === 0 && parts.length > 0 && !isToldAtOnce(job, version, damage)) {
      await recordVerified(work, pieces, damage)
    }
    for (const part of parts) await recordRepaired(work, part)
    mended.push(...parts)
  })
  return { infoHash, pieces, damage, mended, ...mending }
}
