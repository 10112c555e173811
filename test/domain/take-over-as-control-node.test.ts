import { describe, test } from 'vitest'
import type { CommunityEvent } from '../../src/domain/events.ts'
import type { HistoryIncomplete } from '../../src/domain/member-refusals.ts'
import { COMMUNITY, communityAdded, communityLeft, TOPICS } from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import {
  archiveDownloaded,
  archiveImported,
  archiveQuarantined,
  downloadFinished,
  fetching,
  importFinished,
  importStarted,
  magnetlinkReceived,
  member,
} from '../support/member-facts.ts'

const asControlNode = {
  type: 'AddCommunity',
  communityId: COMMUNITY,
  role: 'CONTROL_NODE',
  contentTopics: TOPICS,
  archiving: false,
} as const
const purged: CommunityEvent = { type: 'CommunityPurged', communityId: COMMUNITY, data: {} }
const here = [...member, ...fetching(1), archiveDownloaded(1, 1), archiveDownloaded(1, 2), downloadFinished(1)]
const whole = (events: readonly CommunityEvent[]): readonly CommunityEvent[] =>
  events.map((event) =>
    event.type === 'DownloadFinished' ? { ...event, data: { ...event.data, archives: 2, heldArchives: 2 } } : event,
  )
const imported = [...whole(here), importStarted(1), archiveImported(1, 1), archiveImported(1, 2), importFinished(1, 2)]

function refused(waiting: number, missing: number): HistoryIncomplete {
  return { type: 'HistoryIncomplete', waiting, missing }
}

describe('a member becomes the control node', () => {
  test('once all that was fetched is taken over', () => {
    given(imported, communityLeft).when(asControlNode).then(communityAdded())
  })

  test('not while archives wait to be taken over, or are in quarantine', () => {
    given(whole(here), communityLeft).when(asControlNode).thenRefused(refused(2, 0))
    given(whole(here), importStarted(1), archiveImported(1, 1), archiveQuarantined(1, 2, 'ENCRYPTED'), communityLeft)
      .when(asControlNode)
      .thenRefused(refused(1, 0))
  })

  test('not while archives of the newest version are missing', () => {
    const partly = imported.map((event): CommunityEvent =>
      event.type === 'DownloadFinished' ? { ...event, data: { ...event.data, archives: 5 } } : event,
    )
    given(partly, communityLeft).when(asControlNode).thenRefused(refused(0, 3))
  })

  test('not while a newer version is known', () => {
    given(imported, magnetlinkReceived(2), communityLeft).when(asControlNode).thenRefused(refused(0, 0))
  })

  test('without them, where their files were purged; and where none ever were', () => {
    given(whole(here), communityLeft, purged).when(asControlNode).then(communityAdded())
    given(member, magnetlinkReceived(1), communityLeft).when(asControlNode).then(communityAdded())
  })

  test('and a member again at any time', () => {
    given(whole(here), communityLeft)
      .when({ ...asControlNode, role: 'MEMBER' })
      .then(communityAdded('MEMBER'))
  })
})
