import { unlink } from 'node:fs/promises'
import { listCommunityFiles, purgeCommunityFiles, type DeleteFile } from '../../archives/sweep/purge-files.ts'
import { answerOnce } from '../../commands/earlier-answer.ts'
import type { CommandMeta, Execute, Refusal } from '../../commands/command-meta.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { barToPurging } from '../../domain/decide-membership.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { EventLog } from '../../events/event-log.ts'
import type { CorrelationId, Position } from '../../events/recorded-event.ts'
import type { PurgedFile, Wishes } from '../../graphql/wishes.ts'
import type { CommunityRow } from '../../projections/communities.ts'
import type { SeedingRow } from '../../projections/seeding.ts'

export interface PurgeCommunityPorts {
  readonly log: EventLog
  readonly execute: Execute
  readonly archivesDir: string
  /** Ends what goes on with the community's files, and does the work while nobody writes to them. */
  readonly alone: <Value>(communityId: CommunityId, work: () => Promise<Value>) => Promise<Value>
  /**
   * Forgets what there is of the community beside its files: the notes of imports, the tokens for nodes it follows, and its
   * webhooks, which is recorded as what the purge led to.
   */
  readonly forget: (communityId: CommunityId, meta: CommandMeta) => Promise<void>
  readonly readCommunity: (communityId: CommunityId) => Promise<CommunityRow | null>
  readonly readSeeding: (communityId: CommunityId) => Promise<readonly SeedingRow[]>
  /** Is told why files could not be deleted. */
  readonly onFault: (fault: unknown, correlationId: CorrelationId) => void
}

/**
 * Deletes the files of a community that was left, and what else is kept of it beside the log and its messages; or only
 * names the files.
 *
 * The event comes first: a crash before the files are gone leaves files that nothing names, which are swept at the next
 * start. The other way round, the log would name files that are gone. Files that cannot be deleted are named by the
 * answer, and swept then too: the purge is recorded, and no fault.
 */
export function createPurgeCommunity(
  ports: PurgeCommunityPorts,
  deleteFile: DeleteFile = unlink,
): Wishes['purgeCommunity'] {
  const { log, archivesDir, alone, forget, onFault } = ports
  const list = async (communityId: CommunityId): Promise<readonly PurgedFile[]> =>
    listCommunityFiles(archivesDir, communityId)

  return async (communityId, dryRun, meta) =>
    answerOnce(log, 'PurgeCommunity', meta, async (): ReturnType<Wishes['purgeCommunity']> => {
      const granted = await tryPurge(communityId, ports)
      if (!granted.ok) return granted
      if (dryRun) return ok({ dryRun, files: await list(communityId), remaining: [], position: null })
      // The event too: a community that is added again while the work waits has files that are not to be deleted.
      return alone(communityId, async () => {
        const files = await list(communityId)
        const purged = await purge(communityId, meta, ports)
        if (!purged.ok) return purged
        const undeleted = await purgeCommunityFiles(archivesDir, communityId, deleteFile)
        const remaining = undeleted.length === 0 ? [] : await list(communityId)
        const failed = [
          ...undeleted,
          ...(await whatFails(async () => forget(communityId, await causedBy(purged.value, meta, log)))),
        ]
        if (failed.length > 0) onFault(cannotDelete(communityId, failed), meta.correlationId)
        return ok({ dryRun, files, remaining, position: purged.value })
      })
    })
}

/** The same wish goes on, by what it was recorded as. */
async function causedBy(position: Position | null, meta: CommandMeta, log: EventLog): Promise<CommandMeta> {
  const [purged] = position === null ? [] : await log.read({ after: (position - 1) as Position, limit: 1 })
  return { ...meta, idempotency: null, causationId: purged?.id ?? meta.causationId }
}

/** @returns What was thrown, if anything was. */
async function whatFails(work: () => Promise<void>): Promise<readonly unknown[]> {
  const [outcome] = await Promise.allSettled([work()])
  return outcome.status === 'rejected' ? [outcome.reason] : []
}

function cannotDelete(communityId: CommunityId, failed: readonly unknown[]): Error {
  return new AggregateError(failed, `Cannot delete all of community ${communityId}, which was purged`)
}

/** Whether it would be granted, by the read models. */
async function tryPurge(
  communityId: CommunityId,
  { readCommunity, readSeeding }: PurgeCommunityPorts,
): Promise<Result<null, Refusal>> {
  const community = await readCommunity(communityId)
  if (community === null) return err({ type: 'CommunityNotFound' })
  const served = (await readSeeding(communityId)).filter(({ state }) => state === 'SERVED')
  const bar = barToPurging(community.status, served.length)
  return bar === null ? ok(null) : err(bar)
}

/** The key counts for the whole wish, whose answer names the files. */
async function purge(
  communityId: CommunityId,
  meta: CommandMeta,
  { execute }: PurgeCommunityPorts,
): Promise<Result<Position | null, Refusal>> {
  const purged = await execute({ type: 'PurgeCommunity', communityId }, { ...meta, idempotency: null })
  return purged.ok ? ok(purged.value.position) : purged
}
