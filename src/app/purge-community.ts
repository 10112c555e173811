import { listCommunityFiles, purgeCommunityFiles } from '../archives/purge-files.ts'
import { answerOnce } from '../commands/earlier-answer.ts'
import type { CommandMeta, Execute, Refusal } from '../commands/command-meta.ts'
import type { CommunityId } from '../domain/community-id.ts'
import { barToPurging } from '../domain/decide-membership.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { EventLog } from '../events/event-log.ts'
import type { Position } from '../events/recorded-event.ts'
import type { Wishes } from '../graphql/wishes.ts'
import type { CommunityRow } from '../projections/communities.ts'
import type { SeedingRow } from '../projections/seeding.ts'

export interface PurgeCommunityPorts {
  readonly log: EventLog
  readonly execute: Execute
  readonly archivesDir: string
  /** Ends what goes on with the community's files, and does the work while nobody writes to them. */
  readonly alone: <Value>(communityId: CommunityId, work: () => Promise<Value>) => Promise<Value>
  readonly readCommunity: (communityId: CommunityId) => Promise<CommunityRow | null>
  readonly readSeeding: (communityId: CommunityId) => Promise<readonly SeedingRow[]>
}

/**
 * Deletes the files of a community that was left, or only names them.
 *
 * The event comes first: a crash before the files are gone leaves files that nothing names, which are swept at the next
 * start. The other way round, the log would name files that are gone.
 */
export function createPurgeCommunity(ports: PurgeCommunityPorts): Wishes['purgeCommunity'] {
  const { log, archivesDir, alone } = ports

  return async (communityId, dryRun, meta) =>
    answerOnce(log, 'PurgeCommunity', meta, async (): ReturnType<Wishes['purgeCommunity']> => {
      const granted = await tryPurge(communityId, ports)
      if (!granted.ok) return granted
      if (dryRun) return ok({ dryRun, files: await listCommunityFiles(archivesDir, communityId), position: null })
      // The event too: a community that is added again while the work waits has files that are not to be deleted.
      return alone(communityId, async () => {
        const purged = await purge(communityId, meta, ports)
        if (!purged.ok) return purged
        const files = await listCommunityFiles(archivesDir, communityId)
        await purgeCommunityFiles(archivesDir, communityId)
        return ok({ dryRun, files, position: purged.value })
      })
    })
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
