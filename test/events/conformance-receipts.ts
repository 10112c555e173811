import { expect, test } from 'vitest'
import { appendOf, receiptOf, sampleMeta, seedingStarted } from '../support/sample-events.ts'
import type { OpenLog } from './conformance.ts'

/** What keeping receipts must do: the part of the conformance suite about wishes that are sent twice. */
export function describeReceipts(openLog: OpenLog): void {
  const wish = { ...appendOf([seedingStarted(1)], 0), receipt: receiptOf('key') }

  test('answer a key that is sent twice with the first result, and append once', async () => {
    const log = openLog()
    await log.append([wish])
    const receipt = { ...receiptOf('key'), actor: 'local', position: 1 }
    expect(await log.findReceipt('local', 'key')).toEqual(receipt)
    // Whatever became of the stream meanwhile: the stale version, and the right one.
    for (const expectedVersion of [0, 1]) {
      expect(await log.append([{ ...wish, expectedVersion }])).toEqual([
        { ok: false, error: { type: 'AlreadyAppended', receipt } },
      ])
    }
    expect(log.head()).toBe(1)
  })

  test('answer a key that is sent twice in one group', async () => {
    const log = openLog()
    expect(await log.append([wish, { ...wish, expectedVersion: 1 }])).toMatchObject([
      { ok: true },
      { ok: false, error: { type: 'AlreadyAppended', receipt: { position: 1 } } },
    ])
    expect(log.head()).toBe(1)
  })

  test('refuse a key that is used again for another wish', async () => {
    const log = openLog()
    await log.append([wish])
    for (const other of [{ inputHash: 'b'.repeat(64) }, { commandType: 'WithdrawSeeding' }]) {
      const again = { ...wish, expectedVersion: 1, receipt: { ...receiptOf('key'), ...other } }
      expect(await log.append([again])).toEqual([{ ok: false, error: { type: 'IdempotencyKeyReused', key: 'key' } }])
    }
    expect(log.head()).toBe(1)
  })

  test('belong to one actor', async () => {
    const log = openLog()
    await log.append([wish])
    expect(await log.findReceipt('cli', 'key')).toBeNull()
    const others = { ...wish, expectedVersion: 1, meta: { ...sampleMeta, actor: 'cli' as const } }
    expect(await log.append([others])).toMatchObject([{ ok: true }])
  })

  test('are kept when nothing was appended, and not when the wish was refused', async () => {
    const log = openLog()
    await log.append([wish])
    const nothing = { ...wish, expectedVersion: 1, events: [], receipt: receiptOf('nothing') }
    expect(await log.append([nothing])).toEqual([{ ok: true, value: { events: [] } }])
    expect(await log.findReceipt('local', 'nothing')).toMatchObject({ position: null, result: { accepted: true } })
    await log.append([{ ...wish, receipt: receiptOf('refused') }])
    expect(await log.findReceipt('local', 'refused')).toBeNull()
  })
}
