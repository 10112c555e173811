import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { v7 } from 'uuid'
import { reconcileArchiveFiles } from '../archives/reconcile-archive-files.ts'
import type { CommandMeta } from '../commands/command-meta.ts'
import type { RunId } from '../domain/archive.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import { readRunningRuns } from '../projections/runs.ts'
import { readVersions } from '../projections/versions.ts'
import { readLastSeenAt } from './runtime-file.ts'
import type { Stores } from './stores.ts'

/**
 * Brings log and disk to a state that a new process can go on from, and records that it began.
 *
 * @returns The end of the run: records that the process said goodbye.
 * @throws When there are archives and the log is new: it would name none of them, so that all were swept.
 */
export async function beginRun(stores: Stores, dataDir: string, version: string): Promise<() => Promise<void>> {
  const { db, execute, archivesDir } = stores
  refuseArchivesWithoutLog(stores)
  await execute(
    { type: 'RecordNodeStarted', runId: v7() as RunId, version, lastSeenAt: readLastSeenAt(dataDir) },
    meta(),
  )
  for (const { communityId, runId, correlationId, startedBy } of await readRunningRuns(db)) {
    const code = 'INTERRUPTED'
    const cause = { ...meta(), correlationId, causationId: startedBy }
    await execute({ type: 'RecordArchiveCreationFailed', communityId, runId, code, numbers: {} }, cause)
  }
  await sweep(stores)
  return async () => {
    await execute({ type: 'RecordNodeStopped' }, meta())
  }

  /** Removes what a run left behind that the process before did not live to record. */
  async function sweep({ db: reader }: Stores): Promise<void> {
    const versions = Map.groupBy(await readVersions(reader), ({ communityId }) => communityId)
    const known = [...versions].map(([communityId, ofCommunity]) => ({ communityId, versions: ofCommunity }))
    reconcileArchiveFiles(archivesDir, known)
  }
}

/** A log that was lost, or left behind when a data directory moved, must not cost the history as well. */
function refuseArchivesWithoutLog({ log, archivesDir }: Stores): void {
  if (log.head() > 0) return
  const found = readdirSync(archivesDir).length
  if (found === 0) return
  throw new Error(
    `Cannot begin a new log beside the archives of ${found} communities in "${archivesDir}": bring back the seedbank.db that names them, or move them away`,
  )
}

/** What the node itself does. */
export function meta(causationId: EventId | null = null): CommandMeta {
  return { actor: 'node', correlationId: randomUUID() as CorrelationId, causationId, idempotency: null }
}
