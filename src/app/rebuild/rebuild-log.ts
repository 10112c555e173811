import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../../domain/result.ts'
import { askServer, ServerLost, WishRefused } from '../ask-server.ts'
import { findServer } from '../runtime-file.ts'
import { openStores, type Stores } from '../stores.ts'
import { systemClock } from '../system-clock.ts'
import { rebuildOverApi, type RebuildProgress } from './rebuild-over-api.ts'
import { createRebuilds } from './rebuilds.ts'
import { describeNoLog } from '../no-log.ts'

export type { RebuildProgress }

/** Nothing was rebuilt, or nobody knows. */
export interface RebuildRefused {
  readonly type: 'RebuildRefused' | 'RebuildInterrupted'
  /** For the operator. */
  readonly message: string
}

/** How often progress is looked at. */
const LOOK_EVERY_MS = 250

/**
 * Rebuilds the read models of a data directory: through the server that runs on it, which serves meanwhile; or else, where
 * none does, with the directory locked for as long as it takes.
 *
 * @returns How it ended: FINISHED or FAILED.
 * @throws When the log cannot be opened.
 */
export async function rebuildLog(
  dataDir: string,
  onProgress: (progress: RebuildProgress) => void,
): Promise<Result<RebuildProgress, RebuildRefused>> {
  const logFile = join(dataDir, 'seedbank.db')
  // Opening would make one, in a folder that was mistyped as well.
  if (!existsSync(logFile)) return refuse(describeNoLog(logFile))
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(dataDir, closing)
  if (stores.ok) return ok(await rebuildHere(dataDir, stores.value, onProgress))
  if (stores.error.type === 'DataDirectoryUnusable') return refuse(stores.error.message)
  return await rebuildThroughServer(dataDir, onProgress)
}

async function rebuildHere(
  dataDir: string,
  { log }: Stores,
  onProgress: (progress: RebuildProgress) => void,
): Promise<RebuildProgress> {
  // Why one failed stands in what it ends with.
  const rebuilds = createRebuilds({ dataDir, log, now: systemClock.now, onFailed: () => undefined })
  const begun = rebuilds.begin()
  if (!begun.ok) throw new Error('Cannot begin a rebuild: another one runs')
  const timer = setInterval(() => {
    const rebuild = rebuilds.rebuild()
    if (rebuild !== null) onProgress(rebuild)
  }, LOOK_EVERY_MS)
  try {
    return await begun.value.ended
  } finally {
    clearInterval(timer)
  }
}

async function rebuildThroughServer(
  dataDir: string,
  onProgress: (progress: RebuildProgress) => void,
): Promise<Result<RebuildProgress, RebuildRefused>> {
  const server = findServer(dataDir)
  if (!server.ok) return refuse(server.error)
  try {
    return ok(await rebuildOverApi(askServer(server.value), onProgress, LOOK_EVERY_MS))
  } catch (error) {
    if (error instanceof WishRefused) return refuse(error.message)
    if (!(error instanceof ServerLost)) throw error
    return err({ type: 'RebuildInterrupted', message: `${error.message}: rebuild again once it runs` })
  }
}

function refuse(message: string): Result<never, RebuildRefused> {
  return err({ type: 'RebuildRefused', message })
}
