import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { FilesWorker } from '../../src/app/verification/files-work.ts'
import { createNodeVerifications, type NodeVerifications } from '../../src/app/verification/node-verifications.ts'
import { recordedMessages } from '../../src/app/packing/recorded-messages.ts'
import type { Stores } from '../../src/app/stores.ts'
import type { Verifications } from '../../src/app/verification/verifications.ts'
import type { VerifyPorts } from '../../src/app/verification/version-work.ts'
import { workOnFiles, type FilesAnswer } from '../../src/app/verification/work-on-files.ts'
import { dataPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import type { CheckedVersion } from '../../src/archives/repair/check-version.ts'
import type { VersionRepair } from '../../src/archives/repair/repair-version.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import type { DamagedFiles } from '../../src/reactors/repairing-reactor.ts'
import { endRun, startRun } from './archive-run.ts'
import { openRunStores } from './begun-run.ts'
import { sampleMessage, sampleMessages } from './sample-message.ts'
import { metaOf } from './sample-wishes.ts'
import { addSmallCommunity, SENT_AT } from './small-community.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

/** Where the files of the newest version are. */
export interface VersionPaths {
  readonly data: string
  readonly index: string
  readonly torrent: string
}

/** Real stores with a community of two archives in two versions, of which the newer one is recorded as served. */
export interface DamagedHistory {
  readonly dataDir: string
  readonly stores: Stores
  readonly communityId: CommunityId
  /** Of the versions, the older one first. */
  readonly infoHashes: readonly [InfoHash, InfoHash]
  readonly paths: VersionPaths
  /** What the files were when they were packed. */
  readonly before: Readonly<Record<keyof VersionPaths, Buffer>>
  /** What was recorded since, without what is the same each time. */
  readonly story: () => Promise<readonly object[]>
  /** Without peers, and in this thread, unless a test says otherwise. */
  readonly verifications: (client?: VerifyPorts['client'], worker?: FilesWorker) => Verifications
  /** The same, with what they share with others. */
  readonly nodeVerifications: (client: VerifyPorts['client'], worker: FilesWorker) => NodeVerifications
  readonly close: () => Promise<void>
}

/** Packs two runs of some pieces each; the second has a late message, which makes a third archive. */
export async function openDamagedHistory(): Promise<DamagedHistory> {
  const dataDir = createTemporaryFolder()
  const { stores, close } = await openRunStores(dataDir)
  const { archivesDir, messages, execute, log } = stores
  const communityId = await addSmallCommunity(stores, 30, 10_000)
  const next = (SENT_AT + 1) as UnixSeconds
  const first = await endRun(stores, await startRun(stores, communityId, SENT_AT, next))
  valueOf(await execute({ type: 'RecordSeedingStarted', communityId, infoHash: first.infoHash }, metaOf()))
  await messages.record(communityId, sampleMessages(20, { timestamp: next }))
  // Sent when the first run's were, and recorded after it.
  await messages.record(communityId, [sampleMessage({ timestamp: SENT_AT, payload: Buffer.alloc(150_000, 1) })])
  const run = await startRun(stores, communityId, next, (next + 1) as UnixSeconds)
  const source = recordedMessages(messages, { ...run.request, recordedAfter: 30, recordedUpTo: run.recordedUpTo })
  const second = await endRun(stores, run, source)
  valueOf(await execute({ type: 'RecordSeedingStarted', communityId, infoHash: second.infoHash }, metaOf()))
  const paths = {
    data: dataPathOf(archivesDir, communityId, 1),
    index: indexPathOf(archivesDir, communityId, second.infoHash),
    torrent: torrentPathOf(archivesDir, communityId, second.infoHash),
  }
  const head = log.head()
  const parts = { settings: { publicUrl: null, trackers: [] }, stores, now: () => Date.now() as UnixMillis }
  const nodeVerifications: DamagedHistory['nodeVerifications'] = (client, files) =>
    createNodeVerifications({ ...parts, client, files, logFailure: () => undefined })
  return {
    dataDir,
    stores,
    communityId,
    infoHashes: [first.infoHash, second.infoHash],
    paths,
    before: filesOf(paths),
    story: async () =>
      (await log.read({ after: head, limit: 1000 })).map(({ event: { type, data } }) => ({ type, data })),
    verifications: (client = null, worker = createWorkerInThread(stores.messagesFile)) =>
      nodeVerifications(client, worker).verifications,
    nodeVerifications,
    close,
  }
}

/** Does the same work without a thread of its own, which takes a while to start. */
export function createWorkerInThread(messagesFile: string): FilesWorker {
  return {
    async check(recorded, { signal, onBegin }) {
      onBegin(() => 0)
      const surroundings = { isStopped: () => signal.aborted }
      return (await workOnFiles({ type: 'CHECK', recorded }, surroundings)) as FilesAnswer<CheckedVersion>
    },
    async checkFetched(fetched, { signal, onBegin }) {
      onBegin(() => 0)
      const surroundings = { isStopped: () => signal.aborted }
      return (await workOnFiles({ type: 'CHECK_FETCHED', fetched }, surroundings)) as FilesAnswer<CheckedVersion>
    },
    async repair(request, damage, { signal, onBegin }) {
      onBegin(() => 0)
      const work = { type: 'REPAIR', request, damage, messagesFile } as const
      return (await workOnFiles(work, { isStopped: () => signal.aborted })) as FilesAnswer<VersionRepair>
    },
  }
}

/** What the files are now. */
export function filesOf({ data, index, torrent }: VersionPaths): Readonly<Record<keyof VersionPaths, Buffer>> {
  return { data: readFileSync(data), index: readFileSync(index), torrent: readFileSync(torrent) }
}

/** What makes a reactor repair it. */
export function causeOf({ communityId }: DamagedHistory): DamagedFiles {
  const { correlationId } = metaOf()
  return { communityId, damage: 'something', cause: correlationId, correlationId }
}

/** The recorded messages are gone, as where somebody erased them. */
export function forgetMessages({ stores }: DamagedHistory): void {
  const db = new Database(stores.messagesFile)
  db.exec('delete from messages')
  db.close()
}
