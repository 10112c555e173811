import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { readCommunityVersions, readNewestVersion, readVersions } from '../../src/projections/versions.ts'
import { archiveCreated, at, COMMUNITY, created, infoHash, packed, ready, runId } from '../support/community-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'

const other = `0x${'0e'.repeat(32)}` as CommunityId

describe('versions', () => {
  test('hold what the event tells', async () => {
    expect(await readNewestVersion(await projected(ready, created(1), created(2)), COMMUNITY)).toEqual({
      communityId: COMMUNITY,
      infoHash: infoHash(2),
      generation: 1,
      dataBytes: 2 * PIECE_BYTES,
      indexBytes: 400,
      magnetUri: packed(2).magnetUri,
      isFetched: false,
      from: at(1),
      to: at(2),
      runId: runId(2),
      recordedUpTo: 20,
      createdAt: recordedAt(7),
      createdBy: eventId(7),
      correlationId: correlationId(7),
    })
  })

  test('are found in their community alone', async () => {
    const db = await projected(ready, created(1), { ...archiveCreated(3), communityId: other }, created(2))
    const numbers = (await readCommunityVersions(db, COMMUNITY)).map((version) => version.infoHash)
    expect(numbers).toEqual([infoHash(1), infoHash(2)])
    expect(await readCommunityVersions(db, other)).toMatchObject([{ infoHash: infoHash(3), isFetched: false }])
  })

  test('of all communities come in the order of their creation', async () => {
    const db = await projected(created(2), { ...archiveCreated(1), communityId: other }, created(1))
    const versions = await readVersions(db)
    expect(versions.map((version) => [version.communityId, version.infoHash])).toEqual([
      [COMMUNITY, infoHash(2)],
      [other, infoHash(1)],
      [COMMUNITY, infoHash(1)],
    ])
  })
})
