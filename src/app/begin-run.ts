import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { v7 } from 'uuid'
import type { FileSteps } from '../archives/file-steps.ts'
import {
  reconcileArchiveFiles,
  type NotReconciled,
  type Reconciled,
} from '../archives/sweep/reconcile-archive-files.ts'
import type { CommandMeta } from '../commands/command-meta.ts'
import type { RunId } from '../domain/archive.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CorrelationId, EventId, Position, Recorded } from '../events/recorded-event.ts'
import { readFollows } from '../projections/follows.ts'
import { readNode } from '../projections/nodes.ts'
import { readRunningRuns } from '../projections/runs.ts'
import { readKnownVersions } from './known-versions.ts'
import { keepRuntimeFile, readLastSeenAt, type RuntimeFile } from './runtime-file.ts'
import type { Stores } from './stores.ts'
import { reconcileWebhooks } from './webhooks/reconcile-webhooks.ts'
import { eraseForgotten } from './wishes/erase-community.ts'

export interface BeginRunOptions {
  readonly stores: Stores
  readonly dataDir: string
  readonly version: string
  readonly now: () => UnixMillis
  /** Is told what was cut or removed, if anything was. */
  readonly onSwept: (swept: Pick<Reconciled, 'cut' | 'removed'>) => void
  /** Is told of each file that should have been cut or removed, and was not. */
  readonly onUnswept: (unswept: NotReconciled) => void
  readonly onFault: (fault: unknown) => void
  /** How the archives' folder is swept. Default: as node:fs does. */
  readonly files?: FileSteps
}

/**
 * Brings log and disk to a state that a new process can go on from, records that it began, and leaves signs of life
 * from then on.
 *
 * @param closing Is told how to end the run: by recording that the process said goodbye. Only then is the last sign of
 *   life removed, so that a run without a goodbye always has one.
 * @returns The signs of life, which are to tell where the API is.
 * @throws When there are archives and the log is new: it names none of them, and is not the one they belong to.
 */
export async function beginRun(options: BeginRunOptions, closing: AsyncDisposableStack): Promise<RuntimeFile> {
  const { stores, dataDir, version, now, onSwept, onUnswept, onFault, files } = options
  const { db, execute } = stores
  refuseArchivesWithoutLog(stores)
  const lastSeenAt = await lastSeenAtOf(stores, dataDir)
  await execute({ type: 'RecordNodeStarted', runId: v7() as RunId, version, lastSeenAt }, meta())
  const runtime = keepRuntimeFile(dataDir, process.pid, now, onFault)
  closing.defer(async () => {
    await execute({ type: 'RecordNodeStopped' }, meta())
    runtime.remove()
  })
  for (const { communityId, runId, correlationId, startedBy } of await readRunningRuns(db)) {
    const code = 'INTERRUPTED'
    const cause = { ...meta(), correlationId, causationId: startedBy }
    await execute({ type: 'RecordArchiveCreationFailed', communityId, runId, code, numbers: {} }, cause)
  }
  const { cut, removed, failed } = await sweep(stores, files)
  if (cut.length + removed.length > 0) onSwept({ cut, removed })
  for (const unswept of [...failed, ...(await sweepTokens(stores, dataDir))]) onUnswept(unswept)
  for (const cause of await eraseForgotten(stores)) onUnswept({ path: dataDir, cause })
  await reconcileWebhooks(stores, meta())
  return runtime
}

/**
 * When the process before, if it said no goodbye, was last seen: by its signs of life, or by what it recorded after
 * the last of them.
 */
async function lastSeenAtOf({ db, log }: Stores, dataDir: string): Promise<UnixMillis | null> {
  const { runId } = await readNode(db)
  if (runId === null) return null
  return Math.max(readLastSeenAt(dataDir) ?? 0, (await findNewestOfRun(log))?.recordedAt ?? 0) as UnixMillis
}

/** What brought a log back, and what the command line did since, is no sign of life of the process before. */
async function findNewestOfRun(log: Stores['log'], before?: Position): Promise<Recorded | undefined> {
  const page = await log.read({ order: 'DESC', limit: 100, ...(before !== undefined && { before }) })
  const newest = page.find(({ event, actor }) => actor !== 'cli' && event.type !== 'LogRestored')
  const oldest = page.at(-1)
  return newest ?? (oldest && findNewestOfRun(log, oldest.position))
}

/** Removes what a run left behind that the process before did not live to record, and what of fetched files is outdated. */
async function sweep({ db, archivesDir }: Stores, files?: FileSteps): Promise<Reconciled> {
  return reconcileArchiveFiles(archivesDir, await readKnownVersions(db), files)
}

/** Forgets the tokens for nodes that are not followed. @returns Why it could not, if it could not. */
async function sweepTokens({ db, tokens }: Stores, dataDir: string): Promise<readonly NotReconciled[]> {
  try {
    await tokens.keepOnly(await readFollows(db))
    return []
  } catch (cause) {
    return [{ path: join(dataDir, 'keys', 'follows'), cause }]
  }
}

/**
 * A log that was lost, or left behind when a data directory moved, must not cost the history as well.
 *
 * @throws When there are archives and the log is new. Before anything is recorded: what names none of them would count as theirs.
 */
export function refuseArchivesWithoutLog({ log, archivesDir }: Pick<Stores, 'log' | 'archivesDir'>): void {
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
