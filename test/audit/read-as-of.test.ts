import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffStates, type Change } from '../../src/audit/diff-states.ts'
import { findMoment } from '../../src/audit/find-moment.ts'
import { createLogFold, type StateAt } from '../../src/audit/fold-log.ts'
import { readCommunityAt, readDiff, readNodeAt } from '../../src/audit/read-as-of.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { EventLog } from '../../src/events/event-log.ts'
import type { Position, Recorded } from '../../src/events/recorded-event.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import * as member from '../support/member-facts.ts'
import { naiveCommunityAt } from '../support/naive-community-at.ts'
import { COMMUNITIES, nodeLife, type NodeLife } from '../support/node-play.ts'
import { recordFacts } from '../support/record-facts.ts'
import { openTemporaryLog } from '../support/temporary-log.ts'

/** A log in which each event has a time of its own. */
async function recordedLife({ appends }: NodeLife): Promise<{ log: EventLog; events: readonly Recorded[] }> {
  let now = 1_000
  const log = openTemporaryLog({ now: () => (now += 10) as UnixMillis })
  for (const { events } of appends) await recordFacts(log, events)
  const events: Recorded[] = []
  while (events.length < log.head()) {
    events.push(...(await log.read({ after: events.length as Position, limit: 1000 })))
  }
  return { log, events }
}

const pairs = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 12, maxLength: 12 })

/** The fold of the first events, as they stand in an array. */
function stateAfter(events: readonly Recorded[], position: number): StateAt {
  const fold = createLogFold()
  for (const recorded of events.slice(0, position)) fold.apply(recorded)
  return fold.state()
}

/** Puts the values of changes in place of those of a state. */
function applied(state: StateAt, changes: readonly Change[]): unknown {
  const communities = new Map<CommunityId, Record<string, unknown>>()
  for (const [id, community] of state.communities) communities.set(id, { ...community })
  const node: Record<string, unknown> = { ...state.node }
  for (const { communityId, field, before, after } of changes) {
    const known = communityId === null ? node : (communities.get(communityId) ?? {})
    expect(known[field] ?? null).toEqual(before)
    known[field] = after
    if (communityId !== null) communities.set(communityId, known)
  }
  return { node, communities: [...communities].map(([id, community]) => [id, withoutNulls(community)]) }
}

/** Of a community that was not known, each field is null. */
function withoutNulls(community: object): unknown {
  return Object.fromEntries(Object.entries(community).filter(([, value]) => value !== null))
}

test('as of every position, a community is what the events up to there make it', async () => {
  await fc.assert(
    fc.asyncProperty(nodeLife, async (life) => {
      const { log, events } = await recordedLife(life)
      for (let position = 0; position <= events.length; position += 1) {
        const prefix = events.slice(0, position)
        for (const id of COMMUNITIES) {
          expect(await readCommunityAt(id, position as Position, log)).toEqual(naiveCommunityAt(prefix, id))
        }
        expect(await readNodeAt(position as Position, log)).toEqual(stateAfter(events, position).node)
      }
    }),
    { numRuns: 8 },
  )
}, 60_000)

test('what changed between two positions turns the one state into the other, both ways', async () => {
  await fc.assert(
    fc.asyncProperty(nodeLife, pairs, async (life, chosen) => {
      const { log, events } = await recordedLife(life)
      for (const [one, other] of chosen) {
        const [from, to] = [one % (events.length + 1), other % (events.length + 1)] as [Position, Position]
        const [before, after] = [stateAfter(events, from), stateAfter(events, to)]
        const changes = await readDiff({ from, to, communityId: null }, log)
        const expected = diffStates(before, after)
        expect(changes.toSorted(byPlace)).toEqual(expected.toSorted(byPlace))
        const made = applied(before, changes) as { node: unknown; communities: [CommunityId, object][] }
        expect(made.node).toEqual(after.node)
        const known = made.communities.filter(([, community]) => Object.keys(community).length > 0)
        expect(new Map(known)).toEqual(new Map([...after.communities].map(([id, each]) => [id, withoutNulls(each)])))
        const [id] = COMMUNITIES as [CommunityId]
        const own = await readDiff({ from, to, communityId: id }, log)
        expect(own).toEqual(expected.filter(({ communityId }) => communityId === id))
      }
    }),
    { numRuns: 8 },
  )
}, 60_000)

function byPlace(one: Change, other: Change): number {
  return `${one.communityId}${one.field}`.localeCompare(`${other.communityId}${other.field}`)
}

test('a moment is a position, or the newest event at a time', async () => {
  let now = 1_000
  const log = openTemporaryLog({ now: () => now as UnixMillis })
  expect(await findMoment({ time: 5 as UnixMillis }, log)).toMatchObject({
    error: { type: 'TimeBeforeLog', firstAt: null },
  })
  await recordFacts(log, [{ type: 'ProtocolDisabled', data: {} }])
  now = 2_000
  await recordFacts(log, [
    { type: 'ProtocolEnabled', data: {} },
    { type: 'NodeWentOffline', data: {} },
  ])
  const at = async (time: number): Promise<unknown> => findMoment({ time: time as UnixMillis }, log)
  expect(await at(999)).toEqual({ ok: false, error: { type: 'TimeBeforeLog', time: 999, firstAt: 1_000 } })
  expect([await at(1_000), await at(1_999), await at(2_000), await at(9_000)]).toMatchObject([
    { value: 1 },
    { value: 1 },
    { value: 3 },
    { value: 3 },
  ])
  expect(await findMoment({ position: 0 as Position }, log)).toEqual({ ok: true, value: 0 })
  expect(await findMoment({ position: 4 as Position }, log)).toEqual({
    ok: false,
    error: { type: 'PositionBeyondHead', position: 4, head: 3 },
  })
})

test('what a member fetched and took over counts as it comes', async () => {
  const log = openTemporaryLog()
  const taken = [member.importStarted(1), member.archiveImported(1, 1), member.importFinished(1, 1)]
  await recordFacts(log, [...member.member, ...member.fetchedAndServed(1), ...taken, ...member.fetched(2, 2)])
  const events = await log.read({ limit: 1000 })
  const messages: (number | undefined)[] = []
  for (let position = 0; position <= events.length; position += 1) {
    const state = await readCommunityAt(COMMUNITY, position as Position, log)
    expect(state).toEqual(naiveCommunityAt(events.slice(0, position), COMMUNITY))
    messages.push(state?.messages)
  }
  expect(messages).toContain(3)
  expect(messages.at(-1)).toBe(0)
})
