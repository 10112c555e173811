import { expect, test } from 'vitest'
import type { CommunityEvent, DomainEvent } from '../../../src/domain/events.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import * as member from '../../support/member-facts.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'

const DIAGNOSE = 'query($id: CommunityId!) { diagnose(communityId: $id) { code evidence { name value } help } }'

interface Shown {
  readonly diagnose: readonly {
    readonly code: string
    readonly evidence: readonly { readonly name: string; readonly value: string }[]
    readonly help: string
  }[]
}

/** Each step goes on where the one before ended. */
type Step = readonly [found: readonly string[], facts: readonly DomainEvent[]]

const { COMMUNITY: communityId } = facts
const purged: CommunityEvent = { type: 'CommunityPurged', communityId, data: {} }

const memberSteps: readonly Step[] = [
  [['COMMUNITY_UNKNOWN'], []],
  [['ARCHIVING_DISABLED', 'NEVER_ANNOUNCED'], [facts.communityAdded('MEMBER')]],
  [['NEVER_ANNOUNCED'], [facts.archivingEnabled]],
  [
    ['PROTOCOL_DISABLED', 'OFFLINE', 'NEVER_ANNOUNCED'],
    [
      { type: 'ProtocolDisabled', data: {} },
      { type: 'NodeWentOffline', data: {} },
    ],
  ],
  [
    ['NEVER_ANNOUNCED', 'FOLLOWED_NODE_UNREACHABLE'],
    [
      { type: 'ProtocolEnabled', data: {} },
      { type: 'NodeWentOnline', data: {} },
      member.nodeFollowed(member.URL_A),
      member.nodeFollowed(member.URL_B),
    ],
  ],
  [['ANNOUNCEMENT_REFUSED', 'FOLLOWED_NODE_UNREACHABLE'], [member.magnetlinkRefused('SIGNATURE_INVALID')]],
  [
    ['DOWNLOAD_UNDER_WAY', 'FOLLOWED_NODE_UNREACHABLE'],
    [member.magnetlinkReceived(1), member.nodeUnfollowed(member.URL_A)],
  ],
  [['DOWNLOAD_UNDER_WAY'], [member.downloadStarted(1), member.nodeUnfollowed(member.URL_B)]],
  [['NO_PEERS'], [member.downloadFailed(1, 'NO_PEERS')]],
  [['DOWNLOAD_CANCELLED'], [member.downloadCancelled(1, 'REQUESTED')]],
  [
    ['DOWNLOAD_UNDER_WAY'],
    [member.magnetlinkReceived(2), member.downloadStarted(2), member.downloadCancelled(2, 'SUPERSEDED')],
  ],
  [['DOWNLOAD_UNDER_WAY'], member.fetching(3)],
  [
    ['NOT_IMPORTED_YET', 'NOT_SELECTED'],
    [member.archiveDownloaded(3, 1), member.archiveDownloaded(3, 2), member.downloadFinished(3)],
  ],
  [
    ['IMPORT_QUARANTINED', 'NOT_IMPORTED_YET', 'NOT_SELECTED'],
    [member.importStarted(1, 3), member.archiveQuarantined(1, 1, 'TOO_LARGE')],
  ],
  [['NOT_SELECTED'], [member.archiveImported(1, 1), member.archiveImported(1, 2), member.importFinished(1, 2)]],
  [['NOT_IMPORTED_YET', 'RANGE_NOT_ARCHIVED_YET'], [member.archiveDownloaded(3, 3)]],
  [['LEFT'], [facts.communityLeft]],
  [['ARCHIVING_DISABLED'], [purged, facts.communityAdded('MEMBER')]],
]

const controlNodeSteps: readonly Step[] = [
  [['RANGE_NOT_ARCHIVED_YET'], facts.ready],
  [
    ['LAST_RUN_FAILED', 'RANGE_NOT_ARCHIVED_YET'],
    [facts.archiveCreationStarted(1), facts.archiveCreationFailed(1, 'DISK_FULL')],
  ],
  [['RANGE_NOT_ARCHIVED_YET'], facts.served(2)],
  [['SEEDING_WITHDRAWN', 'RANGE_NOT_ARCHIVED_YET'], [facts.seedingWithdrawn]],
]

/** It goes on as a member, and is told of the torrent that it packed: no more is to be done. */
const formerControlNodeSteps: readonly Step[] = [
  [['RANGE_NOT_ARCHIVED_YET'], [...facts.ready, ...facts.served(1)]],
  [['NEVER_ANNOUNCED'], [facts.communityLeft, facts.communityAdded('MEMBER'), facts.archivingEnabled]],
  [['RANGE_NOT_ARCHIVED_YET'], [member.magnetlinkReceived(1)]],
  [['DOWNLOAD_UNDER_WAY'], [member.magnetlinkReceived(2)]],
]

test('diagnose says of a member that was the control node what the network has besides its own archives', async () => {
  const { url, stores } = await openApi()
  for (const [codes, recorded] of formerControlNodeSteps) {
    await recordFacts(stores.log, recorded)
    const { diagnose } = await askData<Shown>(url, DIAGNOSE, { id: communityId })
    expect(diagnose.map(({ code }) => code)).toEqual(codes)
  }
})

test.each([
  ['a member', memberSteps],
  ['a control node', controlNodeSteps],
])('diagnose says of %s what is recorded at each step of its way', async (_name, steps) => {
  const { url, stores, samples } = await openApi()
  const nextTryAt = 1_700_000_000_000 as never
  for (const follow of [member.URL_A, member.URL_B]) {
    samples.follows.set(
      follow,
      follow === member.URL_A ? { status: 'CONNECTED' } : { status: 'WAITING', code: 'TIMED_OUT', nextTryAt },
    )
  }
  samples.refusedLinks.set('SIGNATURE_INVALID', 12)
  const counts = { archives: 0, totalArchives: 1, bytes: 5, totalBytes: null }
  const rates = { bytesPerSecond: 0, peers: 0, secondsLeft: null, waitingFor: null }
  samples.progress.set(communityId, { ...counts, ...rates })
  const evidence = new Map<string, Readonly<Record<string, string>>>()
  for (const [codes, recorded] of steps) {
    await recordFacts(stores.log, recorded)
    const { diagnose } = await askData<Shown>(url, DIAGNOSE, { id: communityId })
    expect(diagnose.map(({ code }) => code)).toEqual(codes)
    for (const found of diagnose) {
      expect(found.help).toMatch(/\.$/)
      evidence.set(found.code, Object.fromEntries(found.evidence.map(({ name, value }) => [name, value])))
    }
  }
  const shown = Object.fromEntries(evidence)
  expect(shown).toMatchObject(
    steps === controlNodeSteps
      ? {
          LAST_RUN_FAILED: { code: 'DISK_FULL', failedRuns: '1' },
          RANGE_NOT_ARCHIVED_YET: { from: '2023-11-28T22:13:20Z' },
        }
      : {
          ANNOUNCEMENT_REFUSED: { code: 'SIGNATURE_INVALID', count: '12' },
          FOLLOWED_NODE_UNREACHABLE: { url: member.URL_B, code: 'TIMED_OUT', nextTryAt: '2023-11-14T22:13:20Z' },
          NOT_SELECTED: { archives: '1', mode: 'ALL_MISSING' },
          RANGE_NOT_ARCHIVED_YET: { from: '2023-12-05T22:13:20Z' },
          DOWNLOAD_UNDER_WAY: { peers: '0', bytes: '5', archives: '0', totalArchives: '1', heldArchives: '0' },
          NOT_IMPORTED_YET: { archives: '1' },
        },
  )
})
