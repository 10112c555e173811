import { describe, expect, test } from 'vitest'
import { createCheckSpace, type CheckSpace } from '../../../src/app/packing/check-space.ts'
import { PARTITION_SECONDS, PIECE_BYTES } from '../../../src/domain/archive.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { SAMPLE_TOPIC, sampleMessages } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'

const START = 1_700_000_000
const ROOMY = 1e9
/** Left free for the log. */
const RESERVED_BYTES = 16_777_216

interface Room {
  readonly freeBytes?: number
  readonly quotaBytes?: number | null
  readonly previous?: { readonly dataBytes: number; readonly indexBytes: number } | null
}

interface Checked {
  /** Records messages that differ, all sent at one second, counted from the start. */
  readonly record: (count: number, second: number) => Promise<void>
  /** Asks about a run over [from, to), counted from the start. */
  readonly ask: (room: Room, from?: number, to?: number, recordedAfter?: number) => ReturnType<CheckSpace>
}

function openChecked(): Checked {
  const { store: messages } = openTemporaryStore(createTemporaryFolder())
  return {
    record: async (count, second) => {
      await messages.record(COMMUNITY, sampleMessages(count, { timestamp: (START + second) as UnixSeconds }))
    },
    ask: async ({ freeBytes = ROOMY, quotaBytes = ROOMY, previous = null }, from = 0, to = 10, recordedAfter = 0) =>
      createCheckSpace({
        messages,
        trackersOf: async () => ['http://tracker.example/announce'],
        readNewestVersion: async () => previous,
        quotaOf: async () => quotaBytes,
        readFreeBytes: async () => freeBytes,
      })({
        communityId: COMMUNITY,
        from: (START + from) as UnixSeconds,
        to: (START + to) as UnixSeconds,
        contentTopics: [SAMPLE_TOPIC],
        partitionSeconds: PARTITION_SECONDS,
        recordedAfter,
      }),
  }
}

const GRANTED = { ok: true, value: null }

async function neededOf(asked: ReturnType<CheckSpace>): Promise<number> {
  const answer = await asked
  if (answer.ok) throw new Error('There is room')
  return answer.error.neededBytes
}

describe('a run is refused before it begins', () => {
  test('where the disk has too little room, and granted where it has just what was asked for', async () => {
    const { record, ask } = openChecked()
    await record(3, 5)
    const neededBytes = await neededOf(ask({ freeBytes: 7 }))

    expect(neededBytes).toBeGreaterThan(RESERVED_BYTES + PIECE_BYTES)
    expect(neededBytes).toBeLessThan(RESERVED_BYTES + 2 * PIECE_BYTES)
    expect(await ask({ freeBytes: neededBytes - 1 })).toEqual({
      ok: false,
      error: { type: 'DiskTooFull', neededBytes, freeBytes: neededBytes - 1 },
    })
    expect(await ask({ freeBytes: neededBytes })).toEqual(GRANTED)
  })

  test('where its version would be over the quota, with all that it shares with older ones', async () => {
    const { record, ask } = openChecked()
    await record(3, 5)
    const previous = { dataBytes: 10 * PIECE_BYTES, indexBytes: 500 }
    const neededBytes = await neededOf(ask({ quotaBytes: 7, previous }))

    expect(neededBytes).toBeGreaterThan(11 * PIECE_BYTES + 500)
    expect(neededBytes).toBeLessThan(12 * PIECE_BYTES)
    expect(await ask({ quotaBytes: neededBytes - 1, previous })).toMatchObject({ error: { type: 'QuotaExceeded' } })
    expect(await ask({ quotaBytes: neededBytes, previous })).toEqual(GRANTED)
    expect(await ask({ quotaBytes: null, previous })).toEqual(GRANTED)
  })

  test('for late messages as well, but for those alone that no run has packed', async () => {
    const { record, ask } = openChecked()
    await record(3, 15)
    const room = { quotaBytes: 1.5 * PIECE_BYTES }
    expect(await ask(room, 10, 20)).toEqual(GRANTED)
    await record(3, 5)
    expect(await ask(room, 10, 20)).toMatchObject({ error: { type: 'QuotaExceeded' } })
    expect(await ask(room, 10, 20, 6)).toEqual(GRANTED)
  })
})

describe('a run is granted', () => {
  test('whatever else was sent on its days', async () => {
    const { record, ask } = openChecked()
    await record(3, 5)
    await record(3_000, 20)
    const room = { quotaBytes: 1.5 * PIECE_BYTES }
    expect(await ask(room, 0, 30)).toMatchObject({ error: { type: 'QuotaExceeded' } })
    expect(await ask(room, 0, 10)).toEqual(GRANTED)
  })

  test('by the partitions that have messages, not by the length of its range', async () => {
    const { record, ask } = openChecked()
    await record(3, 5)
    expect(await ask({ quotaBytes: 1.5 * PIECE_BYTES }, -100 * PARTITION_SECONDS)).toEqual(GRANTED)
  })

  test('where there is no message to pack, as it writes nothing', async () => {
    const { ask } = openChecked()
    expect(await ask({ freeBytes: 0, quotaBytes: 0 })).toEqual(GRANTED)
  })
})
