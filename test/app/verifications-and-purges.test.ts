import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FilesWorker } from '../../src/app/verification/files-work.ts'
import { purgeCommunityFiles } from '../../src/archives/sweep/purge-files.ts'
import { err } from '../../src/domain/result.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { Position } from '../../src/events/recorded-event.ts'
import { NO_DOWNLOAD } from '../../src/torrents/client/download.ts'
import { endRun, startRun } from '../support/archive-run.ts'
import { createWorkerInThread, openDamagedHistory, type DamagedHistory } from '../support/damaged-history.ts'
import { flipByte } from '../support/file-damage.ts'
import { SAMPLE_TOPIC } from '../support/sample-message.ts'
import { metaOf } from '../support/sample-wishes.ts'
import { SENT_AT } from '../support/small-community.ts'
import { valueOf } from '../support/value-of.ts'

/** A history whose community was left, so that it may be purged. */
async function openLeftHistory(): Promise<DamagedHistory> {
  const history = await openDamagedHistory()
  const { communityId, infoHashes, stores } = history
  valueOf(await stores.execute({ type: 'LeaveCommunity', communityId }, metaOf()))
  for (const infoHash of infoHashes) {
    valueOf(await stores.execute({ type: 'RecordUnseeded', communityId, infoHash, reason: 'LEFT' }, metaOf()))
  }
  return history
}

async function purge({ communityId, stores: { execute, archivesDir } }: DamagedHistory): Promise<void> {
  valueOf(await execute({ type: 'PurgeCommunity', communityId }, metaOf()))
  await purgeCommunityFiles(archivesDir, communityId)
}

/** Resolves once the damage is recorded, after which the verification goes on to mend it. */
async function damageRecorded({ stores: { log } }: DamagedHistory, after: Position): Promise<void> {
  for await (const { event } of log.tail(after, new AbortController().signal)) {
    if (event.type === 'ArchivesVerified') return
  }
}

test('what is purged before it is mended does not come back', async () => {
  const history = await openLeftHistory()
  const { communityId, paths, stores } = history
  flipByte(paths.data, 10)
  const verifications = history.verifications()
  const head = stores.log.head()
  // The purge has the community's files to itself by the time the verification wants to mend them.
  const purging = verifications.alone(communityId, async () => {
    const asked = verifications.ask(communityId, metaOf())
    await damageRecorded(history, head)
    await purge(history)
    return asked
  })
  const { versions } = await (await purging).ended
  expect(versions).toMatchObject([{ damage: { pieceCount: 1 }, mended: [], code: 'STOPPED' }])
  expect(existsSync(join(stores.archivesDir, communityId))).toBe(false)
})

test('what was purged before it was checked is not written into the files that the community has since', async () => {
  const history = await openLeftHistory()
  const { communityId, infoHashes, stores } = history
  const worker = createWorkerInThread(stores.messagesFile)
  const [asksToCheck, turn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const check: FilesWorker['check'] = async (...request) => {
    asksToCheck.resolve()
    await turn.promise
    return worker.check(...request)
  }
  const dropped: string[] = []
  const client = {
    active: () => new Set(infoHashes),
    drop: async (infoHash: string) => void dropped.push(infoHash),
    fetch: async () => err({ code: 'ABORTED' } as const),
    port: null,
    openDownload: () => NO_DOWNLOAD,
  }
  const verifications = history.verifications(client, { ...worker, check })
  const purging = verifications.alone(communityId, async () => {
    const asked = verifications.ask(communityId, metaOf())
    await asksToCheck.promise
    await purge(history)
    return asked
  })
  const asked = await purging
  const topics = { contentTopics: [SAMPLE_TOPIC], role: 'CONTROL_NODE', archiving: true } as const
  valueOf(await stores.execute({ type: 'AddCommunity', communityId, ...topics }, metaOf()))
  const { infoHash } = await endRun(stores, await startRun(stores, communityId, SENT_AT, (SENT_AT + 2) as UnixSeconds))
  turn.resolve()
  expect((await asked.ended).versions).toMatchObject([{ mended: [], code: 'STOPPED' }])
  expect(dropped).toEqual([])
  const now = await verifications.ask(communityId, metaOf()).ended
  expect(now.versions).toMatchObject([{ infoHash, damage: null }])
})
