import { describe, expect, test } from 'vitest'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import { readCurrentMagnetlink, readServedTorrents, readLastClock } from '../../src/projections/magnetlinks.ts'
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
  seedingWithdrawn,
  served,
  unseeded,
} from '../support/community-facts.ts'
import { readReceivedLinks } from '../../src/projections/received-links.ts'
import { magnetlinkReceived } from '../support/member-facts.ts'
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

describe('a torrent that the community is told of', () => {
  test('is the current one, once it is served; its cause is that it is', async () => {
    expect(await readServedTorrents(await projected(ready, served(1)))).toEqual([
      {
        communityId: COMMUNITY,
        infoHash: infoHash(1),
        settings: defaultSettings,
        last: null,
        lastClock: null,
        isDispatched: false,
        cause: eventId(6),
        correlationId: correlationId(6),
      },
    ])
  })

  test('comes with the last dispatch, of whichever torrent', async () => {
    const facts = [ready, served(1), magnetlinkDispatched(1, 1000), magnetlinkDispatched(1, 1001)]
    const last = { clock: 1001, at: recordedAt(8) }
    expect(await readServedTorrents(await projected(...facts))).toMatchObject([{ last, isDispatched: true }])
    expect(await readServedTorrents(await projected(...facts, served(2)))).toMatchObject([
      { infoHash: infoHash(2), last, isDispatched: false, cause: eventId(11), correlationId: correlationId(11) },
    ])
  })

  test('comes with the highest clock of all, also where it was believed as a member', async () => {
    const wasMember = [communityAdded('MEMBER'), magnetlinkReceived(7, 5000), communityLeft, ready].flat()
    const db = await projected(wasMember, served(1))
    expect(await readServedTorrents(db)).toMatchObject([{ last: null, lastClock: 5000 }])
    expect(await readLastClock(db, COMMUNITY)).toBe(5000)
    const told = await projected(wasMember, served(1), magnetlinkDispatched(1, 5001))
    expect(await readServedTorrents(told)).toMatchObject([{ lastClock: 5001 }])
    expect(await readLastClock(told, COMMUNITY)).toBe(5001)
    expect(await readReceivedLinks(told)).toEqual([])
  })

  test('is there whatever the switches of the node: served is served', async () => {
    const db = await projected(ready, served(1), { type: 'ProtocolDisabled', data: {} })
    expect(await readServedTorrents(db)).toHaveLength(1)
  })

  test.each([
    { state: 'not served yet', facts: [ready, created(1)] },
    { state: 'failed', facts: [ready, served(1), seedingFailed(1, 'TIMED_OUT')] },
    { state: 'dropped', facts: [ready, served(1), unseeded(1, 'OFFLINE')] },
    { state: 'a member’s', facts: [communityAdded('MEMBER'), archivingEnabled, served(1)] },
    { state: 'of a community that was left', facts: [ready, served(1), communityLeft] },
    { state: 'of a community that opted out', facts: [ready, served(1), archivingDisabled] },
    { state: 'withdrawn', facts: [ready, served(1), seedingWithdrawn] },
  ])('is none where the torrent is $state', async ({ facts }) => {
    expect(await readServedTorrents(await projected(...facts))).toEqual([])
  })
})
