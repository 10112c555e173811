import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { EndedVerification, RunningVerification } from '../../graphql/verifications.ts'
import { readCommunity } from '../../projections/communities.ts'
import { readArchivedCommunities } from '../../projections/versions.ts'
import { askServer, ServerLost, WishRefused } from '../ask-server.ts'
import { meta } from '../begin-run.ts'
import { createFilesWorker } from './files-work.ts'
import { createNodeVerifications } from './node-verifications.ts'
import { findServer } from '../runtime-file.ts'
import { openStores, type Stores } from '../stores.ts'
import { systemClock } from '../system-clock.ts'
import type { Verifications } from './verifications.ts'
import { followVerification, startVerifications } from './verify-over-api.ts'
import { describeNoLog } from '../no-log.ts'

export type { EndedVerification, RunningVerification }
export { remainingCodeOf } from './node-verifications.ts'

export interface VerifyFilesOptions {
  readonly dataDir: string
  /** Null: all communities that have an archive. */
  readonly communityId: CommunityId | null
  /** Told now and then how far the verification of a community is. */
  readonly onProgress: (running: RunningVerification) => void
  /** Told of each community once it was verified. */
  readonly onEnded: (ended: EndedVerification) => void
}

/** Nothing was checked, or no more. */
export interface VerifyFilesRefused {
  readonly type: 'VerifyFilesRefused' | 'VerifyFilesInterrupted'
  /** For the operator. */
  readonly message: string
}

/** How often progress is looked at. */
const LOOK_EVERY_MS = 250

/**
 * Checks and mends the files of archives: through the server that runs on the data directory, which asks peers too; or
 * else, where none does, with the directory locked for as long as it takes.
 *
 * @throws When the log or a read model fails.
 */
export async function verifyFiles(options: VerifyFilesOptions): Promise<Result<void, VerifyFilesRefused>> {
  const logFile = join(options.dataDir, 'seedbank.db')
  // Opening would make one, in a folder that was mistyped as well.
  if (!existsSync(logFile)) return refuse(describeNoLog(logFile))
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(options.dataDir, closing)
  if (stores.ok) return await verifyHere(stores.value, options)
  if (stores.error.type === 'DataDirectoryUnusable') return refuse(stores.error.message)
  return await verifyThroughServer(options)
}

async function verifyHere(
  stores: Stores,
  { communityId, onProgress, onEnded }: VerifyFilesOptions,
): Promise<Result<void, VerifyFilesRefused>> {
  const archived = await readArchivedCommunities(stores.db)
  if (communityId !== null && !archived.includes(communityId)) {
    const isKnown = (await readCommunity(stores.db, communityId)) !== null
    return refuse(
      isKnown ? `${communityId} has no archive yet` : `This node does not know the community ${communityId}`,
    )
  }
  const { verifications } = createNodeVerifications({
    settings: { publicUrl: null, trackers: [] },
    stores,
    files: createFilesWorker(stores.messagesFile),
    client: null,
    now: systemClock.now,
    logFailure: (details, { infoHash }) => console.error(`Cannot check or mend all files of ${infoHash}: ${details}`),
  })
  for (const id of communityId === null ? archived : [communityId]) {
    onEnded(await verifyOne(id, verifications, onProgress))
  }
  return ok(undefined)
}

async function verifyOne(
  communityId: CommunityId,
  verifications: Verifications,
  onProgress: VerifyFilesOptions['onProgress'],
): Promise<EndedVerification> {
  const timer = setInterval(() => {
    const running = verifications.running(communityId)
    if (running !== null) onProgress(running)
  }, LOOK_EVERY_MS)
  try {
    return await verifications.ask(communityId, { ...meta(), actor: 'cli' }).ended
  } finally {
    clearInterval(timer)
  }
}

async function verifyThroughServer(options: VerifyFilesOptions): Promise<Result<void, VerifyFilesRefused>> {
  const { dataDir, communityId, onProgress, onEnded } = options
  const server = findServer(dataDir)
  if (!server.ok) return refuse(server.error)
  try {
    for (const started of await startVerifications(askServer(server.value), communityId)) {
      onEnded(await followVerification(askServer(server.value), started, onProgress, LOOK_EVERY_MS))
    }
    return ok(undefined)
  } catch (error) {
    if (error instanceof WishRefused) return refuse(error.message)
    if (!(error instanceof ServerLost)) throw error
    return err({ type: 'VerifyFilesInterrupted', message: `${error.message}: verify again once it runs` })
  }
}

function refuse(message: string): Result<never, VerifyFilesRefused> {
  return err({ type: 'VerifyFilesRefused', message })
}
