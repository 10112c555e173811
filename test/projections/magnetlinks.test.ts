import { describe, expect, test } from 'vitest'
import { readCurrentMagnetlink, readDueDispatches, readLastClock } from '../../src/projections/magnetlinks.ts'
import {
  announcement,
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  infoHash,
  magnetlinkDispatched,
  ready,
  seedingFailed,
  seedingStarted,
  seedingWithdrawn,
  served,
  unseeded,
} from '../support/community-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'

describe('the current magnet link', () => {
  test('is none before the first dispatch', async () => {
    const db = await projected(ready, served(1))
    expect(await readCurrentMagnetlink(db, COMMUNITY)).toBeNull()
    expect(await readLastClock(db, COMMUNITY)).toBeNull()
  })

  test('is the one with the highest clock', async () => {
    const db = await projected(ready, magnetlinkDispatched(1, 1000), magnetlinkDispatched(2, 1001))
    expect(await readLastClock(db, COMMUNITY)).toBe(1001)
    expect(await readCurrentMagnetlink(db, COMMUNITY)).toEqual({
      ...announcement(2, 1001),
      communityId: COMMUNITY,
      position: 5,
      dispatchedAt: recordedAt(5),
    })
  })
})

describe('a first dispatch', () => {
  test('is due when the torrent is served; its cause is that it is', async () => {
    expect(await readDueDispatches(await projected(ready, served(1)))).toEqual([
      {
        communityId: COMMUNITY,
        infoHash: infoHash(1),
        lastClock: null,
        cause: eventId(6),
        correlationId: correlationId(6),
      },
    ])
  })

  test('is due for the newest that is served, with the clock to be above', async () => {
    const db = await projected(ready, served(1), magnetlinkDispatched(1, 1000), served(2))
    expect(await readDueDispatches(db)).toMatchObject([
      { infoHash: infoHash(2), lastClock: 1000, cause: eventId(10), correlationId: correlationId(10) },
    ])
  })

  test('is due whatever the switches of the node: served is served', async () => {
    const db = await projected(ready, served(1), { type: 'ProtocolDisabled', data: {} })
    expect(await readDueDispatches(db)).toHaveLength(1)
  })

  test.each([
    { state: 'not served yet', facts: [ready, created(1)] },
    { state: 'dispatched', facts: [ready, served(1), magnetlinkDispatched(1, 1)] },
    { state: 'failed', facts: [ready, served(1), seedingFailed(1, 'TIMED_OUT')] },
    { state: 'dropped', facts: [ready, served(1), unseeded(1, 'OFFLINE')] },
    { state: 'a member’s', facts: [communityAdded('MEMBER'), archivingEnabled, served(1)] },
    { state: 'of a community that was left', facts: [ready, served(1), communityLeft] },
    { state: 'of a community that opted out', facts: [ready, served(1), archivingDisabled] },
    { state: 'withdrawn', facts: [ready, served(1), seedingWithdrawn] },
    {
      state: 'served again after it was dispatched',
      facts: [ready, served(1), magnetlinkDispatched(1, 1), unseeded(1, 'OFFLINE'), seedingStarted(1)],
    },
  ])('is not due where the torrent is $state', async ({ facts }) => {
    expect(await readDueDispatches(await projected(...facts))).toEqual([])
  })
})
