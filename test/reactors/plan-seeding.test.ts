import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import {
  nextGraceEnd,
  planSeeding,
  type FileCheck,
  type RecordedTorrent,
  type SeedingStep,
} from '../../src/reactors/plan-seeding.ts'
import { infoHash } from '../support/community-facts.ts'
import { communityNumber } from '../support/sample-wishes.ts'

const NOW = 1_700_000_000_000 as UnixMillis
const GRACE_MS = 60_000

function torrent(fields: Partial<RecordedTorrent> = {}): RecordedTorrent {
  return {
    communityId: communityNumber(1),
    infoHash: infoHash(1),
    role: 'CURRENT',
    state: 'SERVED',
    retiringSince: null,
    graceMs: GRACE_MS,
    isLeftAlone: false,
    unwantedReason: null,
    ...fields,
  }
}

const overAt = (waitMs: number): Partial<RecordedTorrent> => ({
  role: 'RETIRING',
  retiringSince: (NOW - GRACE_MS + waitMs) as UnixMillis,
})

const serve = (check: FileCheck): object => ({ type: 'SERVE', check })
const drop = (reason: string): object => ({ type: 'DROP', reason })
const recordStarted = { type: 'RECORD_STARTED' }

describe('what is done about one torrent', () => {
  test.each<[what: string, recorded: Partial<RecordedTorrent>, isActive: boolean, step: object | null]>([
    ['new: served, what is new of it verified', { role: 'NEXT', state: 'WAITING' }, false, serve('IF_CHANGED')],
    ['given up: left alone', { state: 'FAILED', isLeftAlone: true }, false, null],
    ['given up, and served all the same: left alone', { state: 'FAILED', isLeftAlone: true }, true, null],
    ['served before a restart: served, verified if it changed', { state: 'SERVED' }, false, serve('IF_CHANGED')],
    ['paused: served again, verified if it changed', { state: 'WAITING' }, false, serve('IF_CHANGED')],
    ['failed: tried again, all of it verified', { state: 'FAILED' }, false, serve('WHOLE')],
    ['served and recorded so: nothing', {}, true, null],
    ['served and not recorded so: recorded', { state: 'WAITING' }, true, recordStarted],
    ['served and recorded as failed: recorded', { state: 'FAILED' }, true, recordStarted],
    ['unwanted and served: dropped', { unwantedReason: 'LEFT' }, true, drop('LEFT')],
    ['unwanted, recorded as served: recorded', { unwantedReason: 'OFFLINE' }, false, drop('OFFLINE')],
    [
      'unwanted, served unrecorded: dropped',
      { unwantedReason: 'REQUESTED', state: 'WAITING' },
      true,
      drop('REQUESTED'),
    ],
    ['unwanted and not served: nothing', { unwantedReason: 'DISABLED', state: 'WAITING' }, false, null],
    ['unwanted and failed: nothing', { unwantedReason: 'DISABLED', state: 'FAILED' }, false, null],
    ['replaced: dropped', { role: 'REPLACED', unwantedReason: 'REPLACED' }, true, drop('REPLACED')],
    ['in its grace: nothing', overAt(1), true, null],
    ['in a longer grace of its own: nothing', { ...overAt(-1), graceMs: 2 * GRACE_MS }, true, null],
    ['in its grace, after a restart: served', overAt(1), false, serve('IF_CHANGED')],
    ['after its grace, by a wider reason: dropped', { ...overAt(-1), unwantedReason: 'LEFT' }, true, drop('LEFT')],
  ])('%s', (_what, recorded, isActive, step) => {
    const row = torrent(recorded)
    const steps = planSeeding([row], new Set(isActive ? [row.infoHash] : []), NOW)
    expect(steps).toEqual(step === null ? [] : [{ ...step, torrent: row }])
  })

  test('is to drop it where nothing is recorded of it', () => {
    const steps = planSeeding([torrent()], new Set([infoHash(1), infoHash(9)]), NOW)
    expect(steps).toEqual([{ type: 'DROP_STRAY', infoHash: infoHash(9) }])
  })
})

describe('at the end of a grace', () => {
  const retiring = torrent({ ...overAt(0), infoHash: infoHash(2) })
  const [one, two] = [infoHash(1), infoHash(2)]

  test.each<[what: string, current: RecordedTorrent['state'], served: readonly InfoHash[], steps: readonly object[]]>([
    ['dropped, where its successor is served', 'SERVED', [one, two], [drop('REPLACED')]],
    ['recorded as dropped, where it was not served either', 'SERVED', [one], [drop('REPLACED')]],
    ['left alone, while its successor is started again', 'SERVED', [two], [serve('IF_CHANGED')]],
    ['not even started, while its successor is', 'SERVED', [], [serve('IF_CHANGED')]],
    ['served on, where its successor failed', 'FAILED', [two], [serve('WHOLE')]],
    ['served again, where its successor failed', 'FAILED', [], [serve('WHOLE'), serve('IF_CHANGED')]],
  ])('the retiring one is %s', (_what, state, served, steps) => {
    const plan = planSeeding([torrent({ state }), retiring], new Set(served), NOW)
    expect(plan.map(({ type, ...step }) => ({ type, ...step }))).toMatchObject(steps)
    expect(plan).toHaveLength(steps.length)
  })
})

describe('the end of the next grace', () => {
  test.each<[what: string, rows: readonly Partial<RecordedTorrent>[], waitMs: number | null]>([
    ['is none without a retiring torrent', [{}, { role: 'REPLACED' }], null],
    ['is none where it is over', [overAt(0), overAt(-1)], null],
    ['is the earliest', [overAt(30), overAt(20), overAt(-10)], 20],
  ])('%s', (_what, rows, waitMs) => {
    const end = nextGraceEnd(rows.map(torrent), NOW)
    expect(end).toBe(waitMs === null ? null : NOW + waitMs)
  })
})

const row: fc.Arbitrary<RecordedTorrent> = fc
  .record({
    communityId: fc.nat(2).map(communityNumber),
    n: fc.nat(11),
    role: fc.constantFrom<RecordedTorrent['role'][]>('NEXT', 'CURRENT', 'RETIRING', 'REPLACED'),
    state: fc.constantFrom<RecordedTorrent['state'][]>('WAITING', 'SERVED', 'FAILED'),
    sinceMs: fc.integer({ min: -2 * GRACE_MS, max: 0 }),
    isLeftAlone: fc.boolean(),
    reason: fc.option(fc.constantFrom('LEFT', 'DISABLED', 'REQUESTED', 'OFFLINE'), { freq: 2 }),
  })
  .map(({ n, sinceMs, reason, ...fields }) => ({
    ...fields,
    infoHash: infoHash(n),
    graceMs: GRACE_MS,
    retiringSince: fields.role === 'RETIRING' ? ((NOW + sinceMs) as UnixMillis) : null,
    unwantedReason: reason ?? (fields.role === 'REPLACED' ? 'REPLACED' : null),
  }))

const rows = fc.uniqueArray(row, { selector: ({ infoHash: name }) => name, maxLength: 12 })
const active = fc.uniqueArray(fc.nat(15), { maxLength: 16 }).map((each) => new Set(each.map(infoHash)))

/** What is recorded and served once the steps were taken and went well. */
function afterSteps(
  torrents: readonly RecordedTorrent[],
  served: ReadonlySet<InfoHash>,
  steps: readonly SeedingStep[],
): { readonly torrents: readonly RecordedTorrent[]; readonly served: ReadonlySet<InfoHash> } {
  const nowServed = new Set(served)
  const states = new Map<InfoHash, RecordedTorrent['state']>()
  for (const step of steps) {
    const name = step.type === 'DROP_STRAY' ? step.infoHash : step.torrent.infoHash
    const isStop = step.type === 'DROP' || step.type === 'DROP_STRAY'
    if (isStop) nowServed.delete(name)
    else nowServed.add(name)
    states.set(name, isStop ? 'WAITING' : 'SERVED')
  }
  return {
    torrents: torrents.map((each) => ({ ...each, state: states.get(each.infoHash) ?? each.state })),
    served: nowServed,
  }
}

describe('whatever is recorded and served', () => {
  test('starts come before stops, and each torrent has one step at most', () => {
    fc.assert(
      fc.property(rows, active, (torrents, served) => {
        const steps = planSeeding(torrents, served, NOW)
        const isStop = steps.map(({ type }) => type === 'DROP' || type === 'DROP_STRAY')
        expect(isStop).toEqual(isStop.toSorted((one, other) => Number(one) - Number(other)))
        const names = steps.map((step) => (step.type === 'DROP_STRAY' ? step.infoHash : step.torrent.infoHash))
        expect(new Set(names).size).toBe(names.length)
      }),
    )
  })

  test('is in line after two looks, the second for those that waited for their successors', () => {
    fc.assert(
      fc.property(rows, active, (torrents, served) => {
        const one = afterSteps(torrents, served, planSeeding(torrents, served, NOW))
        const two = afterSteps(one.torrents, one.served, planSeeding(one.torrents, one.served, NOW))
        expect(planSeeding(two.torrents, two.served, NOW)).toEqual([])
      }),
    )
  })

  test('a wanted torrent is dropped only when its grace is over, which its successor’s start began', () => {
    fc.assert(
      fc.property(rows, active, (torrents, served) => {
        for (const step of planSeeding(torrents, served, NOW)) {
          if (step.type !== 'DROP' || step.torrent.unwantedReason !== null) continue
          expect(step).toMatchObject({ reason: 'REPLACED', torrent: { role: 'RETIRING' } })
          expect((step.torrent.retiringSince ?? NOW) + GRACE_MS).toBeLessThanOrEqual(NOW)
        }
      }),
    )
  })

  test('what is not in its grace has no part in when to look again, and what is, has', () => {
    fc.assert(
      fc.property(rows, active, (torrents, served) => {
        const end = nextGraceEnd(torrents, NOW)
        const inGrace = torrents.filter(
          ({ role, retiringSince }) => role === 'RETIRING' && (retiringSince ?? 0) + GRACE_MS > NOW,
        )
        expect(end === null).toBe(inGrace.length === 0)
        if (end === null) return
        const before = planSeeding(torrents, served, (end - 1) as UnixMillis)
        expect(before).toEqual(planSeeding(torrents, served, NOW))
      }),
    )
  })
})
