import { describe, expect, test } from 'vitest'
import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { readLastRuns, readRun, readRunningRuns, type RunRow } from '../../src/projections/runs.ts'
import {
  archiveCreated,
  archiveCreationFailed,
  archiveCreationStarted,
  at,
  COMMUNITY,
  created,
  noArchiveCreated,
  ready,
  runId,
  TOPICS,
} from '../support/community-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'

const running: RunRow = {
  runId: runId(1),
  communityId: COMMUNITY,
  from: at(0),
  to: at(1),
  contentTopics: TOPICS,
  partitionSeconds: PARTITION_SECONDS,
  recordedAfter: 0,
  status: 'RUNNING',
  code: null,
  numbers: {},
  startedAt: recordedAt(4),
  endedAt: null,
  startedBy: eventId(4),
  correlationId: correlationId(4),
  position: 4 as RunRow['position'],
}

const outOfSpace: DomainEvent = {
  ...archiveCreationFailed(1, 'DISK_FULL'),
  data: { runId: runId(1), code: 'DISK_FULL', numbers: { wanted: 2, free: 1 } },
}

describe('a run', () => {
  test('is running until it ends', async () => {
    const db = await projected(ready, archiveCreationStarted(1))
    expect(await readRunningRuns(db)).toEqual([running])
    expect(await readRun(db, runId(1))).toEqual(running)
    expect(await readRun(db, runId(2))).toBeNull()
  })

  test.each([
    { end: archiveCreated(1), outcome: { status: 'CREATED' } },
    { end: noArchiveCreated(1), outcome: { status: 'EMPTY' } },
    { end: outOfSpace, outcome: { status: 'FAILED', code: 'DISK_FULL', numbers: { wanted: 2, free: 1 } } },
  ])('ends as $outcome.status', async ({ end, outcome }) => {
    const db = await projected(ready, archiveCreationStarted(1), end)
    expect(await readRun(db, runId(1))).toEqual({ ...running, ...outcome, endedAt: recordedAt(5) })
    expect(await readRunningRuns(db)).toEqual([])
  })

  test('is the last of its community when it was started last', async () => {
    // The ids of runs need not rise.
    const db = await projected(ready, created(2), created(3), archiveCreationStarted(1))
    expect(await readLastRuns(db, [COMMUNITY])).toMatchObject([{ runId: runId(1), status: 'RUNNING' }])
    expect(await readLastRuns(await projected(ready), [COMMUNITY])).toEqual([])
  })
})
