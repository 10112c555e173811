import { describe, test } from 'vitest'
import {
  archiveCreationFailed,
  archiveCreationStarted,
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  ready,
  seedingWithdrawn,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY
const enableArchiving = { type: 'EnableArchiving', communityId } as const
const disableArchiving = { type: 'DisableArchiving', communityId } as const

describe('EnableArchiving', () => {
  test('opts in', () => {
    given(communityAdded()).when(enableArchiving).then(archivingEnabled)
  })

  test('leaves the wish to seed as it was', () => {
    given(ready, seedingWithdrawn, archivingDisabled).when(enableArchiving).then(archivingEnabled)
  })

  test('changes nothing where it is on', () => {
    given(ready).when(enableArchiving).then()
  })

  test('has to be wished again after a leave', () => {
    given(ready, communityLeft, communityAdded()).when(enableArchiving).then(archivingEnabled)
  })

  test('is refused where it was left', () => {
    given(ready, communityLeft).when(enableArchiving).thenRefused('CommunityWasLeft')
  })
})

describe('DisableArchiving', () => {
  test('opts out', () => {
    given(ready).when(disableArchiving).then(archivingDisabled)
  })

  test('ends the run that is under way', () => {
    given(ready, archiveCreationStarted(1))
      .when(disableArchiving)
      .then(archiveCreationFailed(1, 'STOPPED'), archivingDisabled)
  })

  test('changes nothing where it is off', () => {
    given(communityAdded()).when(disableArchiving).then()
  })

  test('is refused where it was left', () => {
    given(ready, communityLeft).when(disableArchiving).thenRefused('CommunityWasLeft')
  })
})
