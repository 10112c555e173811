import { describe, expect, test } from 'vitest'
import type { DomainEvent } from '../../src/domain/events.ts'
import { readLastImports, readRunningImports, type ImportRow } from '../../src/projections/imports.ts'
import { COMMUNITY, communityLeft, infoHash } from '../support/community-facts.ts'
import {
  archiveId,
  archiveImported,
  archiveQuarantined,
  fetched,
  importFinished,
  importId,
  importStarted,
  importUndone,
  member,
} from '../support/member-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'

type Facts = readonly (DomainEvent | readonly DomainEvent[])[]

async function lastAfter(...facts: Facts): Promise<ImportRow | undefined> {
  return (await readLastImports(await projected(member, fetched(1), ...facts), [COMMUNITY]))[0]
}

async function runningAfter(...facts: Facts): Promise<readonly string[]> {
  return (await readRunningImports(await projected(member, fetched(1), ...facts))).map((row) => row.importId)
}

describe('an import', () => {
  test('runs from its start, and counts what it did', async () => {
    const started = {
      importId: importId(1),
      communityId: COMMUNITY,
      infoHash: infoHash(1),
      status: 'RUNNING',
      imported: 0,
      quarantined: 0,
      added: 0,
      removed: 0,
      startedAt: recordedAt(8),
      endedAt: null,
      startedBy: eventId(8),
      correlationId: correlationId(8),
      position: 8,
    }
    expect(await lastAfter(importStarted(1))).toEqual(started)
    const counted = { ...started, imported: 2, added: 4, removed: 2 }
    expect(await lastAfter(importStarted(1), archiveImported(1, 1), archiveImported(1, 2))).toEqual(counted)
    expect(archiveImported(1, 1).data.archiveId).toBe(archiveId(1))
  })

  test('ends with how many archives are in quarantine', async () => {
    const bad = archiveQuarantined(1, 1, 'ARCHIVE_MALFORMED')
    const ended = { status: 'FINISHED', quarantined: 1, endedAt: recordedAt(10) }
    expect(await lastAfter(importStarted(1), bad, importFinished(1, 0, 1))).toMatchObject(ended)
  })

  test('can be undone once it has ended, and is the last until the next one', async () => {
    const undone = [importStarted(1), importFinished(1, 0), importUndone(1)]
    expect(await lastAfter(...undone)).toMatchObject({ status: 'UNDONE', endedAt: recordedAt(9) })
    expect(await lastAfter(...undone, importStarted(2))).toMatchObject({ importId: importId(2), status: 'RUNNING' })
  })

  test('is stopped by leaving, where it has not ended', async () => {
    const stopped = { status: 'STOPPED', endedAt: recordedAt(9) }
    expect(await lastAfter(importStarted(1), communityLeft)).toMatchObject(stopped)
    const finished = [importStarted(1), importFinished(1, 0), communityLeft]
    expect(await lastAfter(...finished)).toMatchObject({ status: 'FINISHED', endedAt: recordedAt(9) })
  })

  test('is under way until it ends', async () => {
    expect(await runningAfter(importStarted(1))).toEqual([importId(1)])
    expect(await runningAfter(importStarted(1), importFinished(1, 0))).toEqual([])
    expect(await runningAfter(importStarted(1), communityLeft)).toEqual([])
  })
})
