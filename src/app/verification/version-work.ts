import type { Execute } from '../../commands/command-meta.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Damage } from '../../domain/damage.ts'
import type { ArchiveFailureCode } from '../../domain/failure-codes.ts'
import type { EventMeta } from '../../events/recorded-event.ts'
import type { MendedPart, VerifiedVersion } from '../../graphql/verifications.ts'
import type { TorrentClient } from '../../torrents/client/torrent-client.ts'
import type { FilesWorker } from './files-work.ts'
import type { Locks } from '../locks.ts'
import type { ServingGate } from './serving-gate.ts'
import type { VerificationProgress } from './verification-progress.ts'
import type { VersionsToVerifyPorts, VersionToVerify } from './version-to-verify.ts'

/** One verification, as it is begun. */
export interface VerificationJob {
  readonly communityId: CommunityId
  /** In whose name it is recorded. */
  readonly meta: EventMeta
  /** Somebody asked for it, so that what it finds is recorded in any case. */
  readonly isWish: boolean
  /** Ends it soon. */
  readonly signal: AbortSignal
  readonly progress: VerificationProgress
  /** Sees to it that a fetch ends when its torrent is no longer wanted, until what it returns is disposed. */
  readonly watchFetch: (version: VersionToVerify, abort: () => void) => Disposable
}

export interface VerifyPorts extends VersionsToVerifyPorts {
  readonly execute: Execute
  readonly files: FilesWorker
  /** Who holds a community's writes to its files, as a run does. */
  readonly locks: Locks<CommunityId>
  /** Who holds what was fetched of a community, as a download and an import do. */
  readonly fetchLocks: Locks<CommunityId>
  readonly gate: ServingGate
  /** Null where nothing is served, and no peers are to be asked. */
  readonly client: Pick<TorrentClient, 'active' | 'drop' | 'fetch' | 'openDownload' | 'port'> | null
  /** What is announced to for communities that have no trackers of their own. */
  readonly nodeTrackers: readonly string[]
  readonly logFailure: (details: string, version: VersionToVerify) => void
}

/** What is being done about one version. */
export interface VersionWork<Version extends VersionToVerify = VersionToVerify> {
  readonly job: VerificationJob
  readonly ports: VerifyPorts
  readonly version: Version
}

/** What mending left. */
export type Mending = Pick<VerifiedVersion, 'remaining' | 'code'>

/** Told of the parts that a check found whole again, as soon as it did. */
export type TellMended = (parts: readonly MendedPart[]) => Promise<void>

/** What a check came to. */
export type VersionCheck = Pick<VerifiedVersion, 'pieces' | 'damage' | 'code'>

/** Checks a version on a thread of its own. */
export async function checkVersionOf({ job, ports, version }: VersionWork, isUrgent: boolean): Promise<VersionCheck> {
  const { signal, progress } = job
  const onBegin = (doneBytes: () => number): void => progress.checking(doneBytes)
  const watch = { signal, onBegin, isUrgent }
  const checked =
    version.origin === 'PACKED'
      ? await ports.files.check(version.request, watch)
      : await ports.files.checkFetched(version.fetched, watch)
  progress.checked(version.bytes)
  if (checked.ok) return { ...checked.value, code: null }
  const { code, details } = checked.error
  if (code !== 'STOPPED') ports.logFailure(details, version)
  return { pieces: null, damage: null, code }
}

/** Checks what was mended. @param before What was damaged: counts still where nothing can be said. */
export async function checkAgain(work: VersionWork, before: Damage): Promise<Mending> {
  work.job.progress.expect(work.version.bytes)
  const { damage, code } = await checkVersionOf(work, true)
  return code === null ? { remaining: damage, code } : { remaining: before, code }
}

/** Why what remains was not mended, where it was not tried to the end. */
export function stopCodeOf({ job }: VersionWork): ArchiveFailureCode | null {
  return job.signal.aborted ? 'STOPPED' : null
}

/**
 * Records what a check found.
 *
 * @returns Whether it was granted. A refusal means that the version has no part any more: it was replaced, or purged.
 */
export async function recordVerified(
  { job, ports, version }: VersionWork,
  pieces: number,
  damage: Damage | null,
): Promise<boolean> {
  const { communityId, infoHash } = version
  const command = { type: 'RecordArchivesVerified', communityId, infoHash, pieces, damage } as const
  return (await ports.execute(command, { ...job.meta, idempotency: null })).ok
}

/** Records a part that is whole again. A refusal means the same. */
export async function recordRepaired({ job, ports, version }: VersionWork, part: MendedPart): Promise<void> {
  const { communityId, infoHash } = version
  const command = { type: 'RecordArchiveRepaired', communityId, infoHash, ...part } as const
  await ports.execute(command, { ...job.meta, idempotency: null })
}
