import { describe, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { RecordArchiveCreated } from '../../src/domain/commands.ts'
import {
  archiveCreated,
  archiveCreationFailed,
  archiveCreationStarted,
  COMMUNITY,
  communityLeft,
  contentTopicsChanged,
  created,
  noArchiveCreated,
  packed,
  ready,
  runId,
  TOPICS,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY

function recordArchiveCreated(archive: RecordArchiveCreated['archive']): RecordArchiveCreated {
  return { type: 'RecordArchiveCreated', communityId, archive }
}

function recordNoArchiveCreated(n: number) {
  return { type: 'RecordNoArchiveCreated', communityId, runId: runId(n), recordedUpTo: n * 10 } as const
}

function recordArchiveCreationFailed(n: number) {
  return { type: 'RecordArchiveCreationFailed', communityId, runId: runId(n), code: 'DISK_FULL', numbers: {} } as const
}

describe('RecordArchiveCreated', () => {
  test('tells what the run packed, with the range and topics it began with', () => {
    given(ready, archiveCreationStarted(1), contentTopicsChanged(TOPICS.toReversed()))
      .when(recordArchiveCreated(packed(1)))
      .then(archiveCreated(1))
  })

  test('appends to the bytes that are there', () => {
    given(ready, created(1), archiveCreationStarted(2))
      .when(recordArchiveCreated(packed(2)))
      .then(archiveCreated(2))
  })

  test.each([0, PIECE_BYTES / 2, 2 * PIECE_BYTES])('is refused from offset %i: bytes would change or lack', (start) => {
    given(ready, created(1), archiveCreationStarted(2))
      .when(recordArchiveCreated(packed(2, start)))
      .thenRefused({ type: 'DataNotAppended', expectedOffset: PIECE_BYTES })
  })

  test('is refused where the archives do not fill the data', () => {
    given(ready, archiveCreationStarted(1))
      .when(recordArchiveCreated({ ...packed(1), dataBytes: 2 * PIECE_BYTES }))
      .thenRefused({ type: 'DataNotAppended', expectedOffset: 0 })
  })

  test('is refused where one archive does not begin at the end of the one before', () => {
    given(ready, archiveCreationStarted(1))
      .when(
        recordArchiveCreated({
          ...packed(1),
          archives: [...packed(1).archives, ...packed(3).archives],
          dataBytes: 3 * PIECE_BYTES,
        }),
      )
      .thenRefused('DataNotAppended')
  })

  test('is refused without an archive', () => {
    given(ready, archiveCreationStarted(1))
      .when(recordArchiveCreated({ ...packed(1), archives: [], dataBytes: 0 }))
      .thenRefused('DataNotAppended')
  })

  test('begins a new generation at its beginning', () => {
    const archive = { ...packed(2, 0), generation: 2 }
    const { data } = archiveCreated(2)
    given(ready, created(1), archiveCreationStarted(2))
      .when(recordArchiveCreated(archive))
      .then({ ...archiveCreated(2), data: { ...data, ...archive } })
  })

  test('is refused for an older generation, whose file is closed', () => {
    given(ready, created(1), archiveCreationStarted(2))
      .when(recordArchiveCreated({ ...packed(2), generation: 0 }))
      .thenRefused({ type: 'DataNotAppended', expectedOffset: PIECE_BYTES })
  })
})

describe.each([
  { outcome: recordArchiveCreated(packed(1)) },
  { outcome: recordNoArchiveCreated(1) },
  { outcome: recordArchiveCreationFailed(1) },
])('$outcome.type', ({ outcome }) => {
  const refusal = { type: 'RunNotActive', runId: runId(1) } as const

  test('is refused for a run that never began', () => {
    given(ready).when(outcome).thenRefused(refusal)
  })

  test('is refused for a run that ended', () => {
    given(ready, created(1)).when(outcome).thenRefused(refusal)
  })

  test('is refused while another run is under way', () => {
    given(ready, created(1), archiveCreationStarted(2)).when(outcome).thenRefused(refusal)
  })

  test('is refused for a run that leaving ended', () => {
    given(ready, archiveCreationStarted(1), archiveCreationFailed(1, 'STOPPED'), communityLeft)
      .when(outcome)
      .thenRefused(refusal)
  })

  test('is refused for an unknown community', () => {
    given().when(outcome).thenRefused('CommunityNotFound')
  })
})

describe('the end of a run without an archive', () => {
  test('is told where the range was empty', () => {
    given(ready, archiveCreationStarted(1)).when(recordNoArchiveCreated(1)).then(noArchiveCreated(1))
  })

  test('is told with its reason where the run failed', () => {
    given(ready, archiveCreationStarted(1))
      .when(recordArchiveCreationFailed(1))
      .then(archiveCreationFailed(1, 'DISK_FULL'))
  })
})
