import { describe, test } from 'vitest'
import {
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
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
const requestSeeding = { type: 'RequestSeeding', communityId } as const
const withdrawSeeding = { type: 'WithdrawSeeding', communityId } as const

function recordSeedingStarted(n: number) {
  return { type: 'RecordSeedingStarted', communityId, infoHash: infoHash(n) } as const
}
function notWanted(n: number) {
  return { type: 'SeedingNotWanted', infoHash: infoHash(n) } as const
}

describe('RequestSeeding', () => {
  test('undoes a withdrawal', () => {
    given(ready, served(1), seedingWithdrawn).when(requestSeeding).then(seedingRequested)
  })

  test('undoes a withdrawal before the first archive', () => {
    given(ready, seedingWithdrawn).when(requestSeeding).then(seedingRequested)
  })

  test('changes nothing where an archive is wanted already', () => {
    given(ready, created(1)).when(requestSeeding).then()
  })

  test('is refused before the first archive', () => {
    given(ready).when(requestSeeding).thenRefused('NoArchiveYet')
  })

  test('is refused without the community’s opt-in', () => {
    given(ready, served(1), seedingWithdrawn, archivingDisabled).when(requestSeeding).thenRefused('ArchivingIsDisabled')
  })

  test('is refused where it was left', () => {
    given(ready, served(1), communityLeft).when(requestSeeding).thenRefused('CommunityWasLeft')
  })
})

describe('WithdrawSeeding', () => {
  test('pauses', () => {
    given(ready, served(1)).when(withdrawSeeding).then(seedingWithdrawn)
  })

  test('changes nothing where it is withdrawn, and a new archive does not override it', () => {
    given(ready, seedingWithdrawn, created(1)).when(withdrawSeeding).then()
  })

  test('is kept while archiving is off', () => {
    given(ready, archivingDisabled).when(withdrawSeeding).then(seedingWithdrawn)
  })

  test('is refused where it was left', () => {
    given(ready, communityLeft).when(withdrawSeeding).thenRefused('CommunityWasLeft')
  })
})

describe('RecordSeedingStarted', () => {
  test('tells that the newest torrent is served', () => {
    given(ready, created(1)).when(recordSeedingStarted(1)).then(seedingStarted(1))
  })

  test('tells it of a member’s as well', () => {
    given(ready, created(1), communityLeft, communityAdded('MEMBER'), archivingEnabled)
      .when(recordSeedingStarted(1))
      .then(seedingStarted(1))
  })

  test('changes nothing where it is recorded', () => {
    given(ready, served(1)).when(recordSeedingStarted(1)).then()
  })

  test('tells it again after a damage, of the current and the newest torrent', () => {
    const past = [ready, served(1), created(2), damaged(1, 'FILES_MISSING')]
    given(...past)
      .when(recordSeedingStarted(1))
      .then(seedingStarted(1))
    given(...past)
      .when(recordSeedingStarted(2))
      .then(seedingStarted(2))
  })

  test('is refused for a torrent that was passed over by a newer one', () => {
    given(ready, created(1), created(2)).when(recordSeedingStarted(1)).thenRefused(notWanted(1))
  })

  test('is refused for a torrent that was replaced and dropped', () => {
    given(ready, served(1), served(2), unseeded(1, 'REPLACED')).when(recordSeedingStarted(1)).thenRefused(notWanted(1))
  })

  test('is refused for a torrent that failed when its successor was served', () => {
    given(ready, served(1), seedingFailed(1, 'TIMED_OUT'), served(2))
      .when(recordSeedingStarted(1))
      .thenRefused(notWanted(1))
  })

  test('is refused for a torrent that nobody made', () => {
    given(ready, created(1)).when(recordSeedingStarted(7)).thenRefused(notWanted(7))
  })

  test.each([
    { state: 'left', facts: [communityLeft] },
    { state: 'opted out', facts: [archivingDisabled] },
    { state: 'withdrawn', facts: [seedingWithdrawn] },
    { state: 'added again without archiving', facts: [communityLeft, communityAdded()] },
  ])('is refused where the community is $state', ({ facts }) => {
    given(ready, created(1), facts).when(recordSeedingStarted(1)).thenRefused(notWanted(1))
  })
})
