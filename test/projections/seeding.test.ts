import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { readCommunitySeeding, readSeeding, type SeedingRow } from '../../src/projections/seeding.ts'
import {
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  damaged,
  infoHash,
  packed,
  ready,
  seedingFailed,
  seedingRequested,
  seedingStarted,
  seedingWithdrawn,
  served,
  unseeded,
} from '../support/community-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'

type Facts = readonly (DomainEvent | readonly DomainEvent[])[]

const protocolDisabled = { type: 'ProtocolDisabled', data: {} } as const
const protocolEnabled = { type: 'ProtocolEnabled', data: {} } as const
const wentOffline = { type: 'NodeWentOffline', data: {} } as const
const wentOnline = { type: 'NodeWentOnline', data: {} } as const

async function seedingAfter(...facts: Facts): Promise<readonly SeedingRow[]> {
  return readCommunitySeeding(await projected(...facts), COMMUNITY)
}

/** The torrents that have a part, as `<number> <role> <state>`. */
async function partsAfter(...facts: Facts): Promise<readonly string[]> {
  const rows = await seedingAfter(...facts)
  return rows.map((row) => `${Number.parseInt(row.infoHash, 16)} ${row.role} ${row.state}`)
}

describe('a torrent', () => {
  test('is NEXT when it is created', async () => {
    expect(await seedingAfter(ready, created(1))).toEqual([
      {
        communityId: COMMUNITY,
        infoHash: infoHash(1),
        role: 'NEXT',
        state: 'WAITING',
        code: null,
        failure: null,
        since: null,
        retiringSince: null,
        cause: eventId(5),
        correlationId: correlationId(5),
        generation: 1,
        dataBytes: PIECE_BYTES,
        indexBytes: 200,
        magnetUri: packed(1).magnetUri,
        isFetched: false,
        wanted: true,
        settings: defaultSettings,
        unwantedReason: null,
      },
    ])
  })

  test('is CURRENT when it is served', async () => {
    const [row] = await seedingAfter(ready, served(1))
    expect(row).toMatchObject({ role: 'CURRENT', state: 'SERVED', since: recordedAt(6), cause: eventId(5) })
  })

  test('is RETIRING from its successor’s start, which is the cause', async () => {
    const [first, second] = await seedingAfter(ready, served(1), served(2))
    expect(first).toMatchObject({ role: 'RETIRING', state: 'SERVED', retiringSince: recordedAt(9), cause: eventId(9) })
    expect(second).toMatchObject({ role: 'CURRENT', dataBytes: 2 * PIECE_BYTES })
  })

  test('is REPLACED when a still newer one is served', async () => {
    const rows = await seedingAfter(ready, served(1), served(2), served(3))
    expect(rows.map(({ role, wanted, unwantedReason }) => ({ role, wanted, unwantedReason }))).toEqual([
      { role: 'REPLACED', wanted: false, unwantedReason: 'REPLACED' },
      { role: 'RETIRING', wanted: true, unwantedReason: null },
      { role: 'CURRENT', wanted: true, unwantedReason: null },
    ])
    expect(rows.map(({ retiringSince }) => retiringSince)).toEqual([recordedAt(9), recordedAt(12), null])
  })

  test('has no part once it was replaced and dropped', async () => {
    expect(await partsAfter(ready, served(1), served(2), unseeded(1, 'REPLACED'))).toEqual(['2 CURRENT SERVED'])
  })

  test('has no part when it is passed over before it was served', async () => {
    expect(await partsAfter(ready, served(1), created(2), created(3))).toEqual(['1 CURRENT SERVED', '3 NEXT WAITING'])
  })

  test('tells why it failed, until it is served', async () => {
    const failed = [ready, served(1), damaged(1, 'FILES_MISSING')]
    const [row] = await seedingAfter(...failed)
    expect(row).toMatchObject({ role: 'CURRENT', state: 'FAILED', code: 'FILES_MISSING', since: null, wanted: true })
    const [again] = await seedingAfter(...failed, seedingStarted(1))
    expect(again).toMatchObject({ role: 'CURRENT', state: 'SERVED', code: null, since: recordedAt(8) })
  })

  test('that failed is forgotten when its successor is served', async () => {
    const facts = [ready, served(1), seedingFailed(1, 'TIMED_OUT'), created(2)]
    expect(await partsAfter(...facts)).toEqual(['1 CURRENT FAILED', '2 NEXT WAITING'])
    expect(await partsAfter(...facts, seedingStarted(2))).toEqual(['2 CURRENT SERVED'])
  })

  test('that is damaged in its grace keeps its part, and is served again once it is mended', async () => {
    const facts = [ready, served(1), served(2), damaged(1, 'PIECES_DAMAGED')]
    expect(await partsAfter(...facts)).toEqual(['1 RETIRING FAILED', '2 CURRENT SERVED'])
    expect(await partsAfter(...facts, seedingStarted(1))).toEqual(['1 RETIRING SERVED', '2 CURRENT SERVED'])
    expect(await partsAfter(...facts, served(3))).toEqual(['2 RETIRING SERVED', '3 CURRENT SERVED'])
  })

  test('keeps its part over a pause, and starts anew', async () => {
    const paused = [ready, served(1), seedingWithdrawn, unseeded(1, 'REQUESTED'), seedingRequested]
    expect(await partsAfter(...paused)).toEqual(['1 CURRENT WAITING'])
    expect(await partsAfter(...paused, seedingStarted(1))).toEqual(['1 CURRENT SERVED'])
  })
})

describe.each([
  { wish: 'leaving', off: communityLeft, on: [communityAdded(), archivingEnabled], reason: 'LEFT' },
  { wish: 'disabling', off: archivingDisabled, on: [archivingEnabled], reason: 'DISABLED' },
  { wish: 'withdrawing', off: seedingWithdrawn, on: [seedingRequested], reason: 'REQUESTED' },
] as const)('$wish during a rollover', ({ off, on, reason }) => {
  test('ends grace, and nothing is wanted', async () => {
    const rows = await seedingAfter(ready, served(1), served(2), created(3), off)
    expect(rows.map(({ role, cause, unwantedReason }) => ({ role, cause, unwantedReason }))).toEqual([
      { role: 'REPLACED', cause: eventId(12), unwantedReason: reason },
      { role: 'CURRENT', cause: eventId(12), unwantedReason: reason },
      { role: 'NEXT', cause: eventId(12), unwantedReason: reason },
    ])
  })

  test('forgets one in its grace that is not served', async () => {
    const failed = [ready, served(1), served(2), seedingFailed(1, 'TIMED_OUT')]
    expect(await partsAfter(...failed)).toEqual(['1 RETIRING FAILED', '2 CURRENT SERVED'])
    expect(await partsAfter(...failed, off)).toEqual(['2 CURRENT SERVED'])
  })

  test('and undoing it before the torrents are dropped wants the others again', async () => {
    const rows = await seedingAfter(ready, served(1), served(2), off, on)
    expect(rows.map(({ role, unwantedReason }) => ({ role, unwantedReason }))).toEqual([
      { role: 'REPLACED', unwantedReason: 'REPLACED' },
      { role: 'CURRENT', unwantedReason: null },
    ])
    expect(rows[1]?.cause).toBe(eventId(10 + on.length))
  })
})

describe('the switches of the node', () => {
  test.each([
    { facts: [protocolDisabled], reason: 'PROTOCOL_DISABLED' },
    { facts: [wentOffline], reason: 'OFFLINE' },
    { facts: [wentOffline, protocolDisabled], reason: 'PROTOCOL_DISABLED' },
    { facts: [protocolDisabled, protocolEnabled, wentOffline, wentOnline], reason: null },
  ])('bear on every torrent: $reason', async ({ facts, reason }) => {
    const [row] = await readSeeding(await projected(ready, served(1), facts))
    expect(row).toMatchObject({ wanted: reason === null, unwantedReason: reason, cause: eventId(6 + facts.length) })
  })

  test('count less than the community’s own', async () => {
    const off = [wentOffline, protocolDisabled, seedingWithdrawn]
    expect(await readSeeding(await projected(ready, served(1), off))).toMatchObject([{ unwantedReason: 'REQUESTED' }])
    expect(await readSeeding(await projected(ready, served(1), off, archivingDisabled))).toMatchObject([
      { unwantedReason: 'DISABLED' },
    ])
  })

  test('leave grace alone', async () => {
    const facts = [ready, served(1), served(2), wentOffline, wentOnline]
    expect(await partsAfter(...facts)).toEqual(['1 RETIRING SERVED', '2 CURRENT SERVED'])
  })
})
