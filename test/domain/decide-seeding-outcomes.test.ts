import { describe, test } from 'vitest'
import type { DropReason } from '../../src/domain/events.ts'
import type { SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import {
  COMMUNITY,
  communityLeft,
  contentTopicsChanged,
  created,
  damaged,
  infoHash,
  ready,
  seedingFailed,
  seedingRequested,
  seedingStarted,
  seedingWithdrawn,
  served,
  unseeded,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY

function recordSeedingStarted(n: number) {
  return { type: 'RecordSeedingStarted', communityId, infoHash: infoHash(n) } as const
}
function recordSeedingFailed(n: number, code: SeedingFailureCode) {
  return { type: 'RecordSeedingFailed', communityId, infoHash: infoHash(n), code } as const
}
function recordUnseeded(n: number, reason: DropReason) {
  return { type: 'RecordUnseeded', communityId, infoHash: infoHash(n), reason } as const
}
function notWanted(n: number) {
  return { type: 'SeedingNotWanted', infoHash: infoHash(n) } as const
}

describe('RecordSeedingFailed', () => {
  test('tells why', () => {
    given(ready, created(1)).when(recordSeedingFailed(1, 'FILES_MISSING')).then(seedingFailed(1, 'FILES_MISSING'))
  })

  test('does not end the grace of a torrent that is damaged: it is wanted again once it is mended', () => {
    given(ready, served(1), served(2), damaged(1, 'PIECES_DAMAGED'))
      .when({ type: 'RecordSeedingStarted', communityId: COMMUNITY, infoHash: infoHash(1) })
      .then(seedingStarted(1))
  })

  test.each(['FILES_MISSING', 'FILES_TOO_SHORT', 'PIECES_DAMAGED', 'READ_FAILED'] as const)(
    'tells by one fact that it is no longer served and why, where it was and is damaged: %s',
    (code) => {
      given(ready, served(1)).when(recordSeedingFailed(1, code)).then(damaged(1, code))
    },
  )

  test.each(['ACCESS_DENIED', 'TOO_MANY_OPEN_FILES', 'TIMED_OUT', 'INTERNAL'] as const)(
    'is no damage to the files: %s',
    (code) => {
      given(ready, served(1)).when(recordSeedingFailed(1, code)).then(seedingFailed(1, code))
    },
  )

  test('changes nothing where the same was told', () => {
    given(ready, created(1), seedingFailed(1, 'TIMED_OUT')).when(recordSeedingFailed(1, 'TIMED_OUT')).then()
  })

  test('changes nothing where the same damage was told when it stopped being served', () => {
    given(ready, served(1), damaged(1, 'FILES_MISSING')).when(recordSeedingFailed(1, 'FILES_MISSING')).then()
  })

  test('is told anew for another reason', () => {
    given(ready, served(1), damaged(1, 'FILES_MISSING'))
      .when(recordSeedingFailed(1, 'READ_FAILED'))
      .then(seedingFailed(1, 'READ_FAILED'))
    given(ready, created(1), seedingFailed(1, 'TIMED_OUT'))
      .when(recordSeedingFailed(1, 'FILES_MISSING'))
      .then(seedingFailed(1, 'FILES_MISSING'))
  })

  test('is told anew after it was served in between', () => {
    given(ready, created(1), seedingFailed(1, 'TIMED_OUT'), seedingStarted(1))
      .when(recordSeedingFailed(1, 'TIMED_OUT'))
      .then(seedingFailed(1, 'TIMED_OUT'))
  })

  test('is refused for a torrent that is not wanted', () => {
    given(ready, created(1), seedingWithdrawn).when(recordSeedingFailed(1, 'TIMED_OUT')).thenRefused(notWanted(1))
  })
})

describe('RecordUnseeded', () => {
  const rollover = [ready, served(1), served(2)]

  test('tells that a replaced torrent was dropped', () => {
    given(...rollover)
      .when(recordUnseeded(1, 'REPLACED'))
      .then(unseeded(1, 'REPLACED'))
  })

  test('tells it of one that a still newer rollover pushed out', () => {
    given(...rollover, served(3))
      .when(recordUnseeded(1, 'REPLACED'))
      .then(unseeded(1, 'REPLACED'))
  })

  test('tells it of one whose grace ended by a withdrawal that was undone', () => {
    given(...rollover, seedingWithdrawn, seedingRequested)
      .when(recordUnseeded(1, 'REPLACED'))
      .then(unseeded(1, 'REPLACED'))
  })

  test('is not REPLACED while the successor is not served', () => {
    given(ready, served(1), created(2))
      .when(recordUnseeded(1, 'REPLACED'))
      .thenRefused({ type: 'TorrentNotReplaced', infoHash: infoHash(1) })
  })

  test('is not REPLACED where it is the newest', () => {
    given(...rollover)
      .when(recordUnseeded(2, 'REPLACED'))
      .thenRefused('TorrentNotReplaced')
  })

  test.each(['LEFT', 'DISABLED', 'PROTOCOL_DISABLED', 'OFFLINE', 'REQUESTED'] as const)(
    'tells that the current one was dropped: %s',
    (reason) => {
      given(...rollover)
        .when(recordUnseeded(2, reason))
        .then(unseeded(2, reason))
    },
  )

  test('is told after the community was left', () => {
    given(ready, served(1), communityLeft).when(recordUnseeded(1, 'LEFT')).then(unseeded(1, 'LEFT'))
  })

  test('changes nothing where it is not served', () => {
    given(ready, created(1)).when(recordUnseeded(1, 'OFFLINE')).then()
    given(...rollover, unseeded(1, 'REPLACED'))
      .when(recordUnseeded(1, 'REPLACED'))
      .then()
  })

  test('is refused for an unknown community', () => {
    given().when(recordUnseeded(1, 'LEFT')).thenRefused('CommunityNotFound')
  })
})

test('topics do not bear on seeding', () => {
  given(ready, created(1), contentTopicsChanged([])).when(recordSeedingStarted(1)).then(seedingStarted(1))
})
