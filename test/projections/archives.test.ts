import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { countArchives, readArchives, type ArchivePage } from '../../src/projections/archives.ts'
import {
  archiveCreated,
  archiveCreationStarted,
  COMMUNITY,
  created,
  infoHash,
  packed,
  ready,
} from '../support/community-facts.ts'
import { projected, recordedAt } from '../support/projected.ts'

const other = `0x${'0e'.repeat(32)}` as CommunityId
const fiveRuns = [...ready, ...[1, 2, 3, 4, 5].flatMap(created)]
const manyAtOnce = {
  ...archiveCreated(1),
  data: {
    ...archiveCreated(1).data,
    archives: [1, 2, 3].flatMap((n) => packed(n).archives),
    dataBytes: 3 * PIECE_BYTES,
  },
}

describe('archives', () => {
  test('hold what the event tells, and whence they came', async () => {
    expect(await readArchives(await projected(ready, created(1)), COMMUNITY, {})).toEqual([
      {
        ...packed(1).archives[0],
        communityId: COMMUNITY,
        infoHash: infoHash(1),
        importState: null,
        importCode: null,
        createdAt: recordedAt(5),
        position: 5,
      },
    ])
  })

  test('of one run are all there', async () => {
    const db = await projected(ready, archiveCreationStarted(1), manyAtOnce)
    expect(await readArchives(db, COMMUNITY, {})).toMatchObject(manyAtOnce.data.archives)
  })

  test.each<{ page: ArchivePage; found: readonly number[] }>([
    { page: { first: 2 }, found: [1, 2] },
    { page: { last: 2 }, found: [4, 5] },
    { page: { afterOffset: PIECE_BYTES, first: 2 }, found: [3, 4] },
    { page: { beforeOffset: 3 * PIECE_BYTES, last: 2 }, found: [2, 3] },
    { page: { afterOffset: 4 * PIECE_BYTES }, found: [] },
  ])('of a page $page are $found, in the order of their offsets', async ({ page, found }) => {
    const rows = await readArchives(await projected(fiveRuns), COMMUNITY, page)
    expect(rows.map((row) => row.offset)).toEqual(found.map((n) => (n - 1) * PIECE_BYTES))
  })

  test('are those of one community', async () => {
    const db = await projected(fiveRuns, { ...archiveCreated(1), communityId: other })
    expect(await countArchives(db, COMMUNITY)).toBe(5)
    expect(await countArchives(db, other)).toBe(1)
  })

  test('of a new generation take the place of the old ones', async () => {
    const { data, ...fact } = archiveCreated(6)
    const anew = { ...fact, data: { ...data, ...packed(6, 0), generation: 2 } }
    const rows = await readArchives(await projected(fiveRuns, archiveCreationStarted(6), anew), COMMUNITY, {})
    expect(rows).toMatchObject(anew.data.archives)
  })
})
