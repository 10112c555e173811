import { describe, expect, test } from 'vitest'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { NOW, running, ALL_HERE, lost, connected, controlNode, codesOf, failing } from '../support/member-evidence.ts'

describe('the order of what is found', () => {
  const refusedLinks = [{ code: 'SIGNATURE_INVALID', count: 1, firstAt: NOW }] as const
  const follows = [lost]

  test('what stops everything, then what stopped the download, then the rest', () => {
    const barred = { protocol: 'DISABLED', network: 'OFFLINE', archiving: 'DISABLED', seeding: 'WITHDRAWN' } as const
    const archives = { named: 9, held: 5, waiting: 3, quarantined: new Map([['TOO_LARGE', 1] as const]) }
    const all = { ...barred, ...failing('NO_PEERS'), refusedLinks, follows, archives, archivedUpTo: 0 as UnixSeconds }
    expect(codesOf(all)).toEqual([
      'PROTOCOL_DISABLED',
      'OFFLINE',
      'ARCHIVING_DISABLED',
      'SEEDING_WITHDRAWN',
      'NO_PEERS',
      'ANNOUNCEMENT_REFUSED',
      'IMPORT_QUARANTINED',
      'NOT_IMPORTED_YET',
      'FOLLOWED_NODE_UNREACHABLE',
    ])
  })

  test('of nodes that are not reached, before what the network may know better, and last where another is', () => {
    const archivedUpTo = 0 as UnixSeconds
    expect(codesOf({ follows: [lost, lost], archivedUpTo })).toEqual([
      'FOLLOWED_NODE_UNREACHABLE',
      'FOLLOWED_NODE_UNREACHABLE',
      'RANGE_NOT_ARCHIVED_YET',
    ])
    expect(codesOf({ follows: [lost, connected, lost], archivedUpTo })).toEqual([
      'RANGE_NOT_ARCHIVED_YET',
      'FOLLOWED_NODE_UNREACHABLE',
    ])
    expect(codesOf({ follows: [lost, connected], link: null, download: null })).toEqual([
      'NEVER_ANNOUNCED',
      'FOLLOWED_NODE_UNREACHABLE',
    ])
  })

  test('what nobody could be asked for goes before that nobody told', () => {
    expect(codesOf({ link: null, download: null, follows })).toEqual(['FOLLOWED_NODE_UNREACHABLE', 'NEVER_ANNOUNCED'])
    expect(codesOf({ link: null, download: null, refusedLinks })).toEqual(['ANNOUNCEMENT_REFUSED'])
  })

  test('the quarantine that holds most archives goes first', () => {
    const codes = new Map([['READ_FAILED', 1] as const, ['ENCRYPTED', 2] as const])
    expect(codesOf({ archives: { ...ALL_HERE, quarantined: codes } })).toEqual(['ENCRYPTED', 'IMPORT_QUARANTINED'])
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
