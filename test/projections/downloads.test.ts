import { describe, expect, test } from 'vitest'
import { DEFAULT_SELECTION } from '../../src/domain/selection.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { readLastDownloads, readRunningDownloads, type DownloadRow } from '../../src/projections/downloads.ts'
import { COMMUNITY, communityAdded } from '../support/community-facts.ts'
import {
  archiveDownloaded,
  downloadCancelled,
  downloadFailed,
  downloadFinished,
  downloadId,
  downloadStarted,
  fetched,
  fetching,
  linkOf,
  member,
} from '../support/member-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'
import { communityNumber } from '../support/sample-wishes.ts'

type Facts = readonly (DomainEvent | readonly DomainEvent[])[]

async function lastAfter(...facts: Facts): Promise<DownloadRow | undefined> {
  return (await readLastDownloads(await projected(...facts), [COMMUNITY]))[0]
}

async function runningAfter(...facts: Facts): Promise<readonly string[]> {
  return (await readRunningDownloads(await projected(...facts))).map((row) => row.downloadId)
}

const purged = { type: 'CommunityPurged', communityId: COMMUNITY, data: {} } as const

describe('a download', () => {
  test('runs from its start, with its link and selection', async () => {
    const selection = { mode: 'LATEST' } as const
    expect(await lastAfter(member, downloadStarted(1, linkOf(1), selection))).toEqual({
      downloadId: downloadId(1),
      communityId: COMMUNITY,
      ...linkOf(1),
      selection,
      status: 'RUNNING',
      reason: null,
      failure: null,
      archives: 0,
      totalArchives: null,
      startedAt: recordedAt(4),
      endedAt: null,
      endedBy: null,
      startedBy: eventId(4),
      correlationId: correlationId(4),
      position: 4,
    })
    expect((await lastAfter(member, fetching(1)))?.selection).toEqual(DEFAULT_SELECTION)
  })

  test('says why it does not get on until something comes in, or it ends', async () => {
    const failed = [fetching(1), downloadFailed(1, 'NO_PEERS')]
    const failure = { code: 'NO_PEERS', numbers: {}, at: recordedAt(6) }
    expect(await lastAfter(member, ...failed)).toMatchObject({ status: 'RUNNING', failure })
    expect((await lastAfter(member, ...failed, downloadFailed(1, 'STALLED')))?.failure?.code).toBe('STALLED')
    expect(await lastAfter(member, ...failed, archiveDownloaded(1, 1))).toMatchObject({ failure: null, archives: 1 })
    expect((await lastAfter(member, ...failed, downloadFinished(1)))?.failure).toBeNull()
    expect((await lastAfter(member, ...failed, downloadCancelled(1, 'LEFT')))?.failure).toBeNull()
  })

  test('ends by finishing or by being cancelled', async () => {
    const ended = { endedAt: recordedAt(7), reason: null }
    expect(await lastAfter(member, fetched(1))).toMatchObject({ ...ended, status: 'FINISHED', totalArchives: 1 })
    const cancelled = { status: 'CANCELLED', reason: 'SUPERSEDED', endedAt: recordedAt(6) }
    expect(await lastAfter(member, fetching(1), downloadCancelled(1, 'SUPERSEDED'))).toMatchObject(cancelled)
  })

  test('is the one that was started last of its community, however older ones ended', async () => {
    const facts = [member, fetching(1), downloadCancelled(1, 'SUPERSEDED'), downloadStarted(2)]
    expect((await lastAfter(...facts))?.downloadId).toBe(downloadId(2))
    expect(await runningAfter(...facts)).toEqual([downloadId(2)])
    expect(await runningAfter(...facts, downloadFinished(2))).toEqual([])
  })

  test('is told apart by community, and forgotten with the files', async () => {
    const joined = { ...communityAdded('MEMBER'), communityId: communityNumber(2) }
    const elsewhere = { ...downloadStarted(2), communityId: communityNumber(2) }
    const facts = [member, joined, fetching(1), elsewhere]
    expect(await runningAfter(...facts)).toEqual([downloadId(1), downloadId(2)])
    const db = await projected(...facts)
    expect((await readLastDownloads(db, [communityNumber(2)])).map((row) => row.downloadId)).toEqual([downloadId(2)])
    expect(await readLastDownloads(db, [])).toEqual([])
    expect(await runningAfter(...facts, purged)).toEqual([downloadId(2)])
    expect(await lastAfter(...facts, purged)).toBeUndefined()
  })
})
