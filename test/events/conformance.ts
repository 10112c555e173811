import { describe, expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { EventLog } from '../../src/events/event-log.ts'
import { leafHash, nextLink } from '../../src/events/hash-chain.ts'
import type { Projection } from '../../src/events/projection.ts'
import { BEFORE_ALL, type Position } from '../../src/events/recorded-event.ts'
import { appendOf, infoHashNumber, receiptOf, seedingStarted, streamNumber } from '../support/sample-events.ts'
import { failingAt } from '../support/sample-projection.ts'
import { take } from '../support/take.ts'
import { describeReceipts } from './conformance-receipts.ts'
import { describeTail } from './conformance-tail.ts'

/** Opens an empty log that is closed when the test ends. */
export type OpenLog = (options?: {
  readonly projections?: readonly Projection[]
  readonly now?: () => UnixMillis
}) => EventLog

/** What every event log must do, whatever database it stands on. */
export function describeEventLog(name: string, openLog: OpenLog): void {
  describe(`the event log on ${name}`, () => {
    describe('append', () => {
      describeAppend(openLog)
    })
    describe('a group of appends', () => {
      describeGroup(openLog)
    })
    describe('held appends', () => {
      describeHeld(openLog)
    })
    describe('receipts', () => {
      describeReceipts(openLog)
    })
    describe('read', () => {
      describeRead(openLog)
    })
    describe('tail', () => {
      describeTail(openLog)
    })
  })
}

function describeAppend(openLog: OpenLog): void {
  test('gives positions, versions and times, and reads back what it answered', async () => {
    const times = [1000, 900, 1100]
    const log = openLog({ now: () => (times.shift() ?? 0) as UnixMillis })
    const [first] = await log.append([appendOf([seedingStarted(1), seedingStarted(2)], 0)])
    const [second] = await log.append([appendOf([seedingStarted(3, 2)], 0)])
    const [third] = await log.append([appendOf([seedingStarted(4)], 2)])

    const events = [first, second, third].flatMap((outcome) => (outcome?.ok ? outcome.value.events : []))
    expect(events.map(({ position, version, recordedAt }) => [position, version, recordedAt])).toEqual([
      [1, 1, 1000],
      [2, 2, 1000],
      [3, 1, 1000], // The clock went back; the log does not.
      [4, 3, 1100],
    ])
    expect(await log.read({ limit: 10 })).toEqual(events)
    expect(log.head()).toBe(4)
    expect(await log.verify()).toBeNull()
  })

  test('refuses a stale expected version and writes nothing', async () => {
    const log = openLog()
    await log.append([appendOf([seedingStarted(1)], 0)])
    for (const expected of [0, 2]) {
      expect(await log.append([appendOf([seedingStarted(2)], expected)])).toEqual([
        { ok: false, error: { type: 'WrongExpectedVersion', stream: streamNumber(1), expected, found: 1 } },
      ])
    }
    expect(await log.read({ limit: 10 })).toHaveLength(1)
    expect(log.head()).toBe(1)
  })

  test('lets exactly one of many racing first appends win', async () => {
    const log = openLog()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, number) => log.append([appendOf([seedingStarted(number)], 0)])),
    )
    expect(outcomes.flat().filter(({ ok }) => ok)).toHaveLength(1)
    expect(await log.read({ limit: 10 })).toHaveLength(1)
  })

  test('refuses an event in a stream that is not its own', async () => {
    const log = openLog()
    const append = { ...appendOf([seedingStarted(1, 1)], 0), stream: streamNumber(2) }
    expect(await log.append([append])).toMatchObject([{ ok: false, error: { type: 'AppendFailed' } }])
    expect(log.head()).toBe(0)
  })
}

function describeHeld(openLog: OpenLog): void {
  test('wait, in their order, while reads go on, and go on after work that fails too', async () => {
    const log = openLog()
    const works = Promise.withResolvers<void>()
    const held = log.whileHeld(async () => works.promise)
    const appended = [0, 1, 2].map(async (version) => log.append([appendOf([seedingStarted(version)], version)]))
    const second = log.whileHeld(async () => log.head())
    expect(await log.read({ limit: 10 })).toEqual([])
    works.reject(new Error('no good'))
    await expect(held).rejects.toThrow('no good')
    const outcomes = (await Promise.all(appended)).flat()
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.events[0]?.position)).toEqual([1, 2, 3])
    expect(await second).toBeLessThanOrEqual(3)
    await log.append([appendOf([seedingStarted(3)], 3)])
    expect(log.head()).toBe(4)
  })
}

function describeGroup(openLog: OpenLog): void {
  test('decides each append on what the one before left', async () => {
    const log = openLog()
    const outcomes = await log.append([
      appendOf([seedingStarted(1)], 0),
      appendOf([seedingStarted(2)], 0),
      appendOf([seedingStarted(3)], 1),
    ])
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true])
    expect((await log.read({ limit: 10 })).map(({ version }) => version)).toEqual([1, 2])
    expect(await log.verify()).toBeNull()
  })

  test('rolls back the append alone whose projection fails, all of it', async () => {
    const log = openLog({ projections: [failingAt(infoHashNumber(13))] })
    const outcomes = await log.append([
      appendOf([seedingStarted(1)], 0),
      { ...appendOf([seedingStarted(2), seedingStarted(13)], 1), receipt: receiptOf('key') },
      appendOf([seedingStarted(3)], 1),
    ])
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, error: { type: 'AppendFailed' } }, { ok: true }])
    const events = await log.read({ limit: 10 })
    expect(events.map(({ event }) => event)).toEqual([seedingStarted(1), seedingStarted(3)])
    expect(events.map(({ position }) => position)).toEqual([1, 2])
    expect(await log.findReceipt('local', 'key')).toBeNull()
    expect(await log.verify()).toBeNull()
  })

  test('of nothing is granted', async () => {
    expect(await openLog().append([])).toEqual([])
  })
}

function describeRead(openLog: OpenLog): void {
  test('a stream from a version, over more than a page', async () => {
    const log = openLog()
    const events = Array.from({ length: 1201 }, (_, number) => seedingStarted(number))
    await log.append([appendOf([seedingStarted(0, 2)], 0), { ...appendOf([seedingStarted(0)], 0), events }])
    expect((await take(log.readStream(streamNumber(1)), 1201)).map(({ event }) => event)).toEqual(events)
    expect(await Array.fromAsync(log.readStream(streamNumber(1), 1199))).toMatchObject([
      { version: 1200 },
      { version: 1201 },
    ])
    expect(await Array.fromAsync(log.readStream(streamNumber(3)))).toEqual([])
  })

  test.each([0, 1001, 1.5])('refuses a page of %d', async (limit) => {
    await expect(openLog().read({ limit, after: BEFORE_ALL })).rejects.toThrow(RangeError)
  })

  test('rows as they are hashed, between two positions, over more than a page', async () => {
    const log = openLog()
    const events = Array.from({ length: 1201 }, (_, number) => seedingStarted(number))
    await log.append([{ ...appendOf([seedingStarted(0)], 0), events }])
    const rows = (await Array.fromAsync(log.readChained(1 as Position, 1200 as Position))).flat()
    expect(rows.map(({ row }) => row[0])).toEqual(Array.from({ length: 1199 }, (_, index) => index + 2))
    expect(rows.every(({ row, leaf }) => Buffer.compare(leafHash(row), leaf) === 0)).toBe(true)
    const pairs = rows
      .slice(1)
      .map(({ leaf, link }, index) => [nextLink(rows[index]?.link ?? leaf, leaf), link] as const)
    expect(pairs.every(([expected, link]) => Buffer.compare(expected, link) === 0)).toBe(true)
  })

  test('before the first and after the last is nothing', async () => {
    const log = openLog()
    await log.append([appendOf([seedingStarted(1)], 0)])
    expect(await log.read({ limit: 1, after: 1 as Position })).toEqual([])
    expect(await log.read({ limit: 1, before: 1 as Position })).toEqual([])
  })
}
