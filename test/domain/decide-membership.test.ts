import { describe, test } from 'vitest'
import type { AddCommunity } from '../../src/domain/commands.ts'
import { MAX_CONTENT_TOPICS, type ContentTopic } from '../../src/domain/content-topic.ts'
import {
  archiveCreationFailed,
  archiveCreationStarted,
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  contentTopicsChanged,
  ready,
  TOPICS,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY
const reversed = TOPICS.toReversed()
const addCommunity: AddCommunity = {
  type: 'AddCommunity',
  communityId,
  role: 'CONTROL_NODE',
  contentTopics: TOPICS,
  archiving: true,
}
const leaveCommunity = { type: 'LeaveCommunity', communityId } as const

function changeContentTopics(contentTopics: readonly ContentTopic[]) {
  return { type: 'ChangeContentTopics', communityId, contentTopics } as const
}

function topics(count: number): readonly ContentTopic[] {
  return Array.from({ length: count }, (_, index) => `0x${index.toString(16).padStart(8, '0')}` as ContentTopic)
}

describe('AddCommunity', () => {
  test('takes part, with topics and archiving', () => {
    given().when(addCommunity).then(communityAdded(), contentTopicsChanged(), archivingEnabled)
  })

  test('takes part in the role alone where no more is wished', () => {
    given()
      .when({ ...addCommunity, role: 'MEMBER', contentTopics: [], archiving: false })
      .then(communityAdded('MEMBER'))
  })

  test('changes nothing where all is as wished', () => {
    given(ready).when(addCommunity).then()
  })

  test('does not switch archiving off where it is not asked for', () => {
    given(ready)
      .when({ ...addCommunity, archiving: false })
      .then()
  })

  test('is refused in another role', () => {
    given(ready)
      .when({ ...addCommunity, role: 'MEMBER' })
      .thenRefused({ type: 'CommunityAlreadyAdded', role: 'CONTROL_NODE' })
  })

  test('is refused with other topics', () => {
    given(ready)
      .when({ ...addCommunity, contentTopics: reversed })
      .thenRefused('CommunityAlreadyAdded')
  })

  test('is refused with archiving where that is off', () => {
    given(ready, archivingDisabled).when(addCommunity).thenRefused('CommunityAlreadyAdded')
  })

  test('comes back after a leave, in another role and with the topics of before', () => {
    given(ready, communityLeft)
      .when({ ...addCommunity, role: 'MEMBER' })
      .then(communityAdded('MEMBER'), archivingEnabled)
  })

  test('comes back with other topics and without archiving', () => {
    given(ready, communityLeft)
      .when({ ...addCommunity, contentTopics: reversed, archiving: false })
      .then(communityAdded(), contentTopicsChanged(reversed))
  })

  test('is refused with a topic that stands twice', () => {
    const [first] = topics(1)
    given()
      .when({ ...addCommunity, contentTopics: [...topics(2), ...topics(1)] })
      .thenRefused({ type: 'ContentTopicRepeated', contentTopic: first as ContentTopic })
  })

  test('is refused with too many topics', () => {
    given()
      .when({ ...addCommunity, contentTopics: topics(MAX_CONTENT_TOPICS + 1) })
      .thenRefused({ type: 'TooManyContentTopics', limit: MAX_CONTENT_TOPICS })
  })
})

describe('LeaveCommunity', () => {
  test('leaves', () => {
    given(ready).when(leaveCommunity).then(communityLeft)
  })

  test('ends the run that is under way', () => {
    given(ready, archiveCreationStarted(1))
      .when(leaveCommunity)
      .then(archiveCreationFailed(1, 'STOPPED'), communityLeft)
  })

  test('changes nothing where it was left', () => {
    given(ready, communityLeft).when(leaveCommunity).then()
  })

  test('is refused for an unknown community', () => {
    given().when(leaveCommunity).thenRefused('CommunityNotFound')
  })
})

describe('ChangeContentTopics', () => {
  test('names the topics anew: their order counts', () => {
    given(ready).when(changeContentTopics(reversed)).then(contentTopicsChanged(reversed))
  })

  test('takes as many as a community can have', () => {
    const most = topics(MAX_CONTENT_TOPICS)
    given(ready).when(changeContentTopics(most)).then(contentTopicsChanged(most))
  })

  test('takes none', () => {
    given(ready).when(changeContentTopics([])).then(contentTopicsChanged([]))
  })

  test('changes nothing where they are the same', () => {
    given(ready).when(changeContentTopics(TOPICS)).then()
  })

  test('is refused with one more than a community can have', () => {
    given(ready)
      .when(changeContentTopics(topics(MAX_CONTENT_TOPICS + 1)))
      .thenRefused('TooManyContentTopics')
  })

  test('is refused with a topic that stands twice', () => {
    given(ready)
      .when(changeContentTopics([...TOPICS, ...TOPICS]))
      .thenRefused('ContentTopicRepeated')
  })

  test('is refused where it was left', () => {
    given(ready, communityLeft).when(changeContentTopics([])).thenRefused('CommunityWasLeft')
  })

  test('is refused for an unknown community', () => {
    given().when(changeContentTopics([])).thenRefused('CommunityNotFound')
  })
})
