import { describe, expect, test } from 'vitest'
import type { KnownEvidence } from '../../src/domain/evidence.ts'
import { diagnose } from '../../src/domain/diagnose.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from '../../src/domain/failure-codes.ts'
import type { FindingCode } from '../../src/domain/finding.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import { infoHash } from '../support/community-facts.ts'

const SECOND = 1_700_000_000 as UnixSeconds
const NOW = (SECOND * 1000) as UnixMillis
const TIME = '2023-11-14T22:13:20Z'
const url = 'wss://node.example/graphql' as FollowUrl

const link = { clock: NOW as number as Clock, infoHash: infoHash(1), origin: 'SUBMITTED', receivedAt: NOW } as const
const finished = {
  infoHash: infoHash(1),
  status: 'FINISHED',
  selection: { mode: 'ALL_MISSING' },
  failure: null,
  startedAt: NOW,
  endedAt: NOW,
} as const
const running = { ...finished, status: 'RUNNING', endedAt: null } as const
const ALL_HERE = { named: 3, held: 3, imported: 3, quarantined: new Map<QuarantineCode, number>() }

/** A member that has everything. */
const healthy: KnownEvidence = {
  status: 'ADDED',
  role: 'MEMBER',
  archiving: 'ENABLED',
  seeding: 'REQUESTED',
  protocol: 'ENABLED',
  network: 'ONLINE',
  now: NOW,
  archivedUpTo: SECOND,
  failedRuns: null,
  follows: [{ url, code: null, nextTryAt: null }],
  link,
  refusedLinks: [],
  download: finished,
  archives: ALL_HERE,
}
const controlNode: Partial<KnownEvidence> = { role: 'CONTROL_NODE', follows: [], link: null, download: null }

function codesOf(changes: Partial<KnownEvidence>): readonly FindingCode[] {
  return diagnose({ ...healthy, ...changes }).map(({ code }) => code)
}

function failing(code: DownloadFailureCode, numbers: Readonly<Record<string, number>> = {}): Partial<KnownEvidence> {
  return { download: { ...running, failure: { code, numbers, since: NOW } } }
}

function quarantined(code: QuarantineCode): Partial<KnownEvidence> {
  return { archives: { ...ALL_HERE, imported: 1, quarantined: new Map([[code, 2]]) } }
}

type Case = readonly [code: FindingCode, changes: Partial<KnownEvidence>, evidence: Readonly<Record<string, string>>]

const failed = { since: TIME, infoHash: infoHash(1) }

const plainFailures = ['NO_PEERS', 'TORRENT_MALFORMED', 'INDEX_MALFORMED', 'ENCRYPTED'] as const
const laterFailures = ['PEERS_WITHOUT_PIECES', 'STALLED', 'DISK_FULL'] as const

const cases: readonly Case[] = [
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
  ['DOWNLOAD_CANCELLED', { download: { ...finished, status: 'CANCELLED' } }, { infoHash: infoHash(1), endedAt: TIME }],
  [
    'FOLLOWED_NODE_UNREACHABLE',
    { follows: [{ url, code: 'UNREACHABLE', nextTryAt: NOW }] },
    { url, code: 'UNREACHABLE', nextTryAt: TIME },
  ],
  ['NEVER_ANNOUNCED', { link: null, download: null }, { followedNodes: '1' }],
  ['ENCRYPTED', quarantined('ENCRYPTED'), { code: 'ENCRYPTED', archives: '2' }],
  ['IMPORT_QUARANTINED', quarantined('FOREIGN_TOPIC'), { code: 'FOREIGN_TOPIC', archives: '2' }],
  [
    'DOWNLOAD_UNDER_WAY',
    { download: running },
    { infoHash: infoHash(1), startedAt: TIME, heldArchives: '3', archives: '3' },
  ],
  ['DOWNLOAD_UNDER_WAY', { download: null }, { infoHash: infoHash(1), linkReceivedAt: TIME }],
  ['NOT_IMPORTED_YET', { archives: { ...ALL_HERE, imported: 1 } }, { archives: '2' }],
  [
    'NOT_SELECTED',
    {
      archives: { ...ALL_HERE, named: 9 },
      download: { ...finished, selection: { mode: 'RANGE', from: SECOND, to: SECOND } },
    },
    { archives: '6', mode: 'RANGE', from: TIME, to: TIME },
  ],
  ['RANGE_NOT_ARCHIVED_YET', { now: (NOW + 1) as UnixMillis }, { from: TIME }],
  ['RANGE_NOT_ARCHIVED_YET', { ...controlNode, archivedUpTo: null }, {}],
]

describe('what is found alone', () => {
  test('nothing, where all is here', () => {
    expect(codesOf({})).toEqual([])
    expect(codesOf(controlNode)).toEqual([])
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

describe('the order of what is found', () => {
  const refusedLinks = [{ code: 'SIGNATURE_INVALID', count: 1, firstAt: NOW }] as const
  const follows = [{ url, code: 'TIMED_OUT', nextTryAt: null }] as const

  test('what stops everything, then what stopped the download, then the rest', () => {
    const barred = { protocol: 'DISABLED', network: 'OFFLINE', archiving: 'DISABLED', seeding: 'WITHDRAWN' } as const
    const archives = { named: 9, held: 5, imported: 1, quarantined: new Map([['TOO_LARGE', 1] as const]) }
    const all = { ...barred, ...failing('NO_PEERS'), refusedLinks, follows, archives, archivedUpTo: 0 as UnixSeconds }
    expect(codesOf(all)).toEqual([
      'PROTOCOL_DISABLED',
      'OFFLINE',
      'ARCHIVING_DISABLED',
      'SEEDING_WITHDRAWN',
      'NO_PEERS',
      'ANNOUNCEMENT_REFUSED',
      'FOLLOWED_NODE_UNREACHABLE',
      'IMPORT_QUARANTINED',
      'NOT_IMPORTED_YET',
      'RANGE_NOT_ARCHIVED_YET',
    ])
  })

  test('what nobody could be asked for goes before that nobody told', () => {
    expect(codesOf({ link: null, download: null, follows })).toEqual(['FOLLOWED_NODE_UNREACHABLE', 'NEVER_ANNOUNCED'])
    expect(codesOf({ link: null, download: null, refusedLinks })).toEqual(['ANNOUNCEMENT_REFUSED'])
  })

  test('the quarantine that holds most archives goes first', () => {
    const codes = new Map([['READ_FAILED', 1] as const, ['ENCRYPTED', 2] as const])
    expect(codesOf({ archives: { ...ALL_HERE, imported: 0, quarantined: codes } })).toEqual([
      'ENCRYPTED',
      'IMPORT_QUARANTINED',
    ])
  })

  test('what is paused, or failed, is not told as under way; a failed run of the control node goes before its range', () => {
    expect(codesOf({ network: 'OFFLINE', download: running })).toEqual(['OFFLINE'])
    expect(codesOf(failing('STALLED'))).toEqual(['STALLED'])
    const failedRuns = { count: 1, lastAt: NOW, code: 'DISK_FULL' } as const
    expect(codesOf({ ...controlNode, failedRuns, archivedUpTo: null })).toEqual([
      'LAST_RUN_FAILED',
      'RANGE_NOT_ARCHIVED_YET',
    ])
  })
})
