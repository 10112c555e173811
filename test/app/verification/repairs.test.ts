import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FilesWorker } from '../../../src/app/verification/files-work.ts'
import { createRepairs } from '../../../src/app/verification/node-verifications.ts'
import type { Verifications } from '../../../src/app/verification/verifications.ts'
import {
  causeOf,
  createWorkerInThread,
  filesOf,
  forgetMessages,
  openDamagedHistory,
} from '../../support/damaged-history.ts'
import { metaOf } from '../../support/sample-wishes.ts'

describe('a verification of its own accord', () => {
  test('that finds all well records nothing', async () => {
    const history = await openDamagedHistory()
    expect(await createRepairs(history.verifications()).repair(causeOf(history))).toEqual({
      ok: true,
      value: 'WHOLE',
    })
    expect(await history.story()).toEqual([])
  })

  test('that mends nothing of what is known records nothing, however often', async () => {
    const history = await openDamagedHistory()
    const { communityId, infoHashes, paths, stores } = history
    rmSync(paths.data)
    forgetMessages(history)
    for (const infoHash of infoHashes) {
      const failed = { type: 'RecordSeedingFailed', communityId, infoHash, code: 'FILES_MISSING' } as const
      await stores.execute(failed, metaOf())
    }
    const known = (await history.story()).length
    const { repair } = createRepairs(history.verifications())
    for (let times = 0; times < 2; times += 1) {
      expect(await repair(causeOf(history))).toEqual({ ok: false, error: { code: 'FILES_DAMAGED' } })
    }
    expect(await history.story()).toHaveLength(known)
  })

  test('that mends what is known records what it found, and what it mended', async () => {
    const history = await openDamagedHistory()
    const { communityId, infoHashes, paths, before, stores } = history
    writeFileSync(paths.index, 'something else')
    const failed = { type: 'RecordSeedingFailed', communityId, infoHash: infoHashes[1] } as const
    await stores.execute({ ...failed, code: 'PIECES_DAMAGED' }, metaOf())
    const known = (await history.story()).length
    expect(await createRepairs(history.verifications()).repair(causeOf(history))).toEqual({
      ok: true,
      value: 'MENDED',
    })
    expect((await history.story()).slice(known)).toMatchObject([
      { type: 'ArchivesVerified', data: { damage: { index: true, archives: [] } } },
      { type: 'ArchiveRepaired', data: { part: 'INDEX', source: 'LOG', pieces: 1 } },
    ])
    expect(filesOf(paths)).toEqual(before)
  })
})

describe('damage that comes up where a verification has looked already', () => {
  test('is mended by one that comes behind it', async () => {
    const history = await openDamagedHistory()
    const { communityId, paths, before, stores } = history
    const worker = createWorkerInThread(stores.messagesFile)
    const [atSecond, turn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let checks = 0
    const check: FilesWorker['check'] = async (...request) => {
      checks += 1
      if (checks === 2) {
        atSecond.resolve()
        await turn.promise
      }
      return worker.check(...request)
    }
    const verifications = history.verifications(null, { ...worker, check })
    const asked = verifications.ask(communityId, metaOf())
    await atSecond.promise
    rmSync(paths.index)
    const repairing = createRepairs(verifications).repair(causeOf(history))
    turn.resolve()
    expect((await asked.ended).versions).toMatchObject([{ damage: null }, { damage: null }])
    expect(await repairing).toEqual({ ok: true, value: 'MENDED' })
    expect(filesOf(paths)).toEqual(before)
  })

  test('but what the verification itself found is not looked for again', async () => {
    const history = await openDamagedHistory()
    const { communityId, paths, stores } = history
    rmSync(paths.index)
    const worker = createWorkerInThread(stores.messagesFile)
    const repairs = Promise.withResolvers<void>()
    const verifications: Verifications = history.verifications(null, {
      ...worker,
      repair: async (...request) => {
        repairs.resolve()
        return worker.repair(...request)
      },
    })
    const meta = metaOf()
    const asked = verifications.ask(communityId, meta)
    await repairs.promise
    expect(verifications.begin(communityId, meta).verificationId).toBe(asked.verificationId)
    expect(verifications.begin(communityId, metaOf()).verificationId).not.toBe(asked.verificationId)
    await verifications.stop()
  })
})
