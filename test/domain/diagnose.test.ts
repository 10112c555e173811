import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/domain/diagnose.ts'
import type { KnownEvidence } from '../../src/domain/evidence.ts'
import type { LinkRefusalCode, QuarantineCode } from '../../src/domain/failure-codes.ts'
import type { FindingCode } from '../../src/domain/finding.ts'
import { infoHash } from '../support/community-facts.ts'
import {
  SECOND,
  NOW,
  TIME,
  url,
  finished,
  running,
  ALL_HERE,
  healthy,
  cancelled,
  lost,
  connected,
  NO_PROGRESS,
  LATER,
  PACKED,
  controlNode,
  codesOf,
  failing,
} from '../support/member-evidence.ts'

function quarantined(code: QuarantineCode): Partial<KnownEvidence> {
  return { archives: { ...ALL_HERE, quarantined: new Map([[code, 2]]) } }
}

type Case = readonly [code: FindingCode, changes: Partial<KnownEvidence>, evidence: Readonly<Record<string, string>>]

const beginning = { infoHash: infoHash(1), startedAt: TIME, peers: '0', bytes: '0', archives: '0' }
const failed = { since: TIME, infoHash: infoHash(1) }

const plainFailures = ['NO_PEERS', 'TORRENT_MALFORMED', 'INDEX_MALFORMED', 'ENCRYPTED'] as const
const laterFailures = ['PEERS_WITHOUT_PIECES', 'STALLED', 'DISK_FULL'] as const

const cases: readonly Case[] = [
  [
    'WORK_PARKED',
    { parked: [{ reactor: 'repairing', code: 'FILES_DAMAGED', failures: 20, since: NOW }] },
    { reactor: 'repairing', code: 'FILES_DAMAGED', failures: '20', since: TIME },
  ],
  ...[...plainFailures, ...laterFailures].map((code): Case => [code, failing(code), { code, ...failed }]),
  ['TORRENT_MALFORMED', failing('METADATA_TOO_LARGE'), { code: 'METADATA_TOO_LARGE', ...failed }],
  ['LEFT', { status: 'LEFT', archiving: 'DISABLED', protocol: 'DISABLED', link: null }, {}],
  ['PROTOCOL_DISABLED', { protocol: 'DISABLED' }, {}],
  ['OFFLINE', { network: 'OFFLINE' }, {}],
  ['ARCHIVING_DISABLED', { archiving: 'DISABLED' }, {}],
  ['SEEDING_WITHDRAWN', { seeding: 'WITHDRAWN' }, {}],
  ['SEEDING_WITHDRAWN', { ...controlNode, seeding: 'WITHDRAWN' }, {}],
  [
    'LAST_RUN_FAILED',
    { ...controlNode, failedRuns: { count: 3, lastAt: NOW, code: 'DISK_FULL' } },
    { code: 'DISK_FULL', failedRuns: '3', lastAt: TIME },
  ],
  ['METADATA_TIMED_OUT', failing('NO_METADATA', { peers: 2 }), { code: 'NO_METADATA', ...failed, peers: '2' }],
  [
    'QUOTA_EXCEEDED',
    failing('QUOTA_EXCEEDED', { quotaBytes: 5 }),
    { code: 'QUOTA_EXCEEDED', ...failed, quotaBytes: '5' },
  ],
  ['DOWNLOAD_FAILED', failing('ACCESS_DENIED'), { code: 'ACCESS_DENIED', ...failed }],
  [
    'DOWNLOAD_CANCELLED',
    { ...LATER, download: cancelled, archives: { ...ALL_HERE, named: null } },
    { infoHash: infoHash(1), endedAt: TIME },
  ],
  [
    'FOLLOWED_NODE_UNREACHABLE',
    { follows: [{ ...lost, nextTryAt: NOW }] },
    { url, code: 'UNREACHABLE', nextTryAt: TIME },
  ],
  ['FOLLOWED_NODE_UNREACHABLE', { follows: [lost, connected, lost] }, { urls: `${url} ${url}`, connectedNodes: '1' }],
  ['NEVER_ANNOUNCED', { link: null, download: null }, { followedNodes: '1' }],
  ['ENCRYPTED', quarantined('ENCRYPTED'), { code: 'ENCRYPTED', archives: '2' }],
  ['IMPORT_QUARANTINED', quarantined('FOREIGN_TOPIC'), { code: 'FOREIGN_TOPIC', archives: '2' }],
  [
    'DOWNLOAD_UNDER_WAY',
    { ...LATER, download: running },
    { infoHash: infoHash(1), startedAt: TIME, heldArchives: '3' },
  ],
  [
    'DOWNLOAD_UNDER_WAY',
    { download: { ...running, progress: { ...NO_PROGRESS, totalBytes: null, totalArchives: null } } },
    { ...beginning, heldArchives: '3' },
  ],
  [
    'DOWNLOAD_UNDER_WAY',
    { download: { ...running, progress: NO_PROGRESS } },
    { ...beginning, totalBytes: '9', totalArchives: '4', heldArchives: '3' },
  ],
  ['DOWNLOAD_UNDER_WAY', { download: null }, { infoHash: infoHash(1), linkReceivedAt: TIME }],
  ['NOT_IMPORTED_YET', { archives: { ...ALL_HERE, waiting: 2 } }, { archives: '2' }],
  [
    'NOT_SELECTED',
    {
      ...LATER,
      archives: { ...ALL_HERE, named: 9 },
      download: { ...finished, selection: { mode: 'RANGE', from: SECOND, to: SECOND } },
    },
    { archives: '6', mode: 'RANGE', from: TIME, to: TIME },
  ],
  ['RANGE_NOT_ARCHIVED_YET', LATER, { from: TIME }],
  ['RANGE_NOT_ARCHIVED_YET', { ...LATER, ...PACKED }, { from: TIME }],
  ['RANGE_NOT_ARCHIVED_YET', { ...controlNode, ...LATER }, { from: TIME }],
  ['RANGE_NOT_ARCHIVED_YET', { ...controlNode, archivedUpTo: null }, {}],
]

describe('what is found alone', () => {
  test('nothing, where all is here', () => {
    expect(codesOf({})).toEqual([])
    expect(codesOf(controlNode)).toEqual([])
  })

  test('nothing for a member that packed what its link names', () => {
    expect(codesOf(PACKED)).toEqual([])
  })

  test('nothing where what was cancelled lacked nothing', () => {
    expect(codesOf({ download: cancelled })).toEqual([])
    expect(codesOf({ ...LATER, download: cancelled })).toEqual(['RANGE_NOT_ARCHIVED_YET'])
    expect(codesOf({ download: cancelled, archives: { ...ALL_HERE, waiting: 1 } })).toEqual(['NOT_IMPORTED_YET'])
  })

  test('nothing of what a control node fetched while it was a member', () => {
    expect(codesOf({ role: 'CONTROL_NODE', download: cancelled, archives: { ...ALL_HERE, named: 9 } })).toEqual([])
    expect(codesOf({ role: 'CONTROL_NODE', download: null })).toEqual([])
  })

  test('a community that this node never knew', () => {
    expect(diagnose({ status: 'UNKNOWN' })).toMatchObject([{ code: 'COMMUNITY_UNKNOWN', evidence: [] }])
  })

  test.each(cases)('%s, of %o', (code, changes, evidence) => {
    const found = diagnose({ ...healthy, ...changes })
    const named = Object.entries(evidence).map(([name, value]) => ({ name, value }))
    expect(found).toEqual([{ code, evidence: named, help: expect.stringMatching(/^[A-Z].{15,}\.$/) }])
  })

  const refusals: Readonly<Record<LinkRefusalCode, RegExp>> = {
    MAGNET_MALFORMED: /magnet link/,
    OTHER_COMMUNITY: /this community/,
    ADDRESS_REFUSED: /SEEDBANK_PRIVATE_ADDRESSES/,
    SIGNATURE_INVALID: /signed/,
    SIGNER_UNKNOWN: /nodeKey/,
    CLOCK_CONFLICT: /higher clock/,
    CLOCK_AHEAD: /clocks/,
  }

  test.each(Object.entries(refusals))('ANNOUNCEMENT_REFUSED for %s, with what helps against that', (code, help) => {
    const refused = { code: code as LinkRefusalCode, count: 7, firstAt: NOW }
    expect(diagnose({ ...healthy, refusedLinks: [refused] })).toEqual([
      {
        code: 'ANNOUNCEMENT_REFUSED',
        evidence: Object.entries({ code, count: '7', firstAt: TIME }).map(([name, value]) => ({ name, value })),
        help: expect.stringMatching(help),
      },
    ])
  })
})
