import { expect, test } from 'vitest'
import { behindGate } from '../../src/app/verification/serving-gate.ts'
import { err, ok } from '../../src/domain/result.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { NO_DOWNLOAD } from '../../src/torrents/client/download.ts'
import { createWorkerInThread, openDamagedHistory, type DamagedHistory } from '../support/damaged-history.ts'
import { flipByte } from '../support/file-damage.ts'
import { metaOf } from '../support/sample-wishes.ts'

/** A torrent client that serves both versions, and whose order of events can be told. */
function servingClient({ infoHashes }: DamagedHistory, order: string[]) {
  const active = new Set<InfoHash>(infoHashes)
  return {
    active: () => active,
    async drop(infoHash: InfoHash) {
      active.delete(infoHash)
      order.push('dropped')
    },
    fetch: async () => err({ code: 'ABORTED' } as const),
    port: null,
    openDownload: () => NO_DOWNLOAD,
    isUp: () => true,
    async serve({ infoHash }: { readonly infoHash: InfoHash }, check: string) {
      active.add(infoHash)
      order.push(`served, checked ${check}`)
      return ok(null)
    },
  }
}

test('while files are mended they are not served, and nobody else writes to them', async () => {
  const history = await openDamagedHistory()
  const { communityId, infoHashes, paths, stores } = history
  const order: string[] = []
  const client = servingClient(history, order)
  const worker = createWorkerInThread(stores.messagesFile)
  const others: Promise<unknown>[] = []
  const { verifications, gate, locks } = history.nodeVerifications(client, {
    ...worker,
    async repair(...request) {
      others.push(behindGate(client, gate).serve({ infoHash: infoHashes[1] }, 'IF_CHANGED'))
      others.push(locks.hold(communityId, async () => void order.push('written')))
      const repaired = await worker.repair(...request)
      order.push('repaired')
      return repaired
    },
  })
  gate.onOpen(() => order.push('open'))
  flipByte(paths.data, history.before.data.length - 100_000) // In the newest version alone.
  await verifications.ask(communityId, metaOf()).ended
  await Promise.all(others)
  expect(order).toEqual(['dropped', 'repaired', 'written', 'open', 'served, checked WHOLE'])
})

test('what was dropped to be mended can be served again after a fault', async () => {
  const history = await openDamagedHistory()
  const { communityId, paths, stores } = history
  const order: string[] = []
  const client = servingClient(history, order)
  const worker = createWorkerInThread(stores.messagesFile)
  const repair = async (): Promise<never> => Promise.reject(new Error('The disk is full'))
  const { verifications, gate } = history.nodeVerifications(client, { ...worker, repair })
  gate.onOpen(() => order.push('open'))
  flipByte(paths.data, history.before.data.length - 100_000)
  await expect(verifications.ask(communityId, metaOf()).ended).rejects.toThrow('The disk is full')
  expect(order).toEqual(['dropped', 'open'])
})
