import { expect, test } from 'vitest'
import { createLocks } from '../../../src/app/locks.ts'
import { behindGate, createServingGate } from '../../../src/app/verification/serving-gate.ts'
import { ok } from '../../../src/domain/result.ts'
import { infoHash } from '../../support/community-facts.ts'

test('a torrent is served once its files are mended, and hashed as a whole then; others do not wait', async () => {
  const gate = createServingGate()
  const served: string[] = []
  const client = behindGate<{ readonly infoHash: ReturnType<typeof infoHash> }>(
    {
      isUp: () => true,
      active: () => new Set(),
      drop: async () => undefined,
      serve: async (torrent, check) => {
        served.push(`${Number(torrent.infoHash)} ${check}`)
        return ok(null)
      },
    },
    gate,
  )
  let opened = 0
  gate.onOpen(() => void (opened += 1))
  const closed = await gate.close(infoHash(1))
  const waiting = client.serve({ infoHash: infoHash(1) }, 'IF_CHANGED')
  await client.serve({ infoHash: infoHash(2) }, 'IF_CHANGED')
  expect(served).toEqual(['2 IF_CHANGED'])
  expect(opened).toBe(0)
  closed[Symbol.dispose]()
  expect(opened).toBe(1)
  await waiting
  await client.serve({ infoHash: infoHash(1) }, 'IF_CHANGED')
  expect(served).toEqual(['2 IF_CHANGED', '1 WHOLE', '1 IF_CHANGED'])
})

test('the gate closes once those who are passing have passed', async () => {
  const gate = createServingGate()
  const order: string[] = []
  const serving = Promise.withResolvers<void>()
  const passing = gate.pass(infoHash(1), async () => serving.promise)
  const closing = gate.close(infoHash(1)).then(() => order.push('closed'))
  serving.promise.then(() => order.push('served'), order.push)
  await gate.close(infoHash(2))
  expect(order).toEqual([])
  serving.resolve()
  await Promise.all([passing, closing])
  expect(order).toEqual(['served', 'closed'])
})

test('who holds a lock is alone with the thing, also after one that failed; other things are free', async () => {
  const locks = createLocks<string>()
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const failing = locks.hold('a', async () => {
    await first.promise
    order.push('a1')
    throw new Error('It failed')
  })
  const second = locks.hold('a', async () => void order.push('a2'))
  await locks.hold('b', async () => void order.push('b'))
  expect(order).toEqual(['b'])
  first.resolve()
  await expect(failing).rejects.toThrow('It failed')
  await second
  expect(order).toEqual(['b', 'a1', 'a2'])
})
