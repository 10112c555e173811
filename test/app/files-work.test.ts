import { expect, test } from 'vitest'
import { createFilesWorker, type WorkWatch } from '../../src/app/verification/files-work.ts'
import { readVersionsToVerify } from '../../src/app/verification/version-to-verify.ts'
import { openDamagedHistory } from '../support/damaged-history.ts'

test('what is urgent goes before what came earlier, in the order in which it came', async () => {
  const { communityId, stores } = await openDamagedHistory()
  const { db, archivesDir, messagesFile } = stores
  const [version] = await readVersionsToVerify(communityId, { db, archivesDir, trackersOf: () => [] })
  if (version?.origin !== 'PACKED') throw new Error('Nothing was packed')
  const worker = createFilesWorker(messagesFile)
  const order: string[] = []
  const watch = (name: string, isUrgent: boolean): WorkWatch => {
    return { signal: new AbortController().signal, onBegin: () => void order.push(name), isUrgent }
  }
  await Promise.all([
    worker.check(version.request, watch('goes on', false)),
    worker.check(version.request, watch('waits', false)),
    worker.check(version.request, watch('damaged', true)),
    worker.check(version.request, watch('also damaged', true)),
  ])
  expect(order).toEqual(['goes on', 'damaged', 'also damaged', 'waits'])
})
