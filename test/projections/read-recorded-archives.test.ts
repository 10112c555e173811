import { expect, test } from 'vitest'
import { readCommunityVersions } from '../../src/projections/versions.ts'
import { readRecordedArchives } from '../../src/projections/read-recorded-archives.ts'
import { openDamagedHistory } from '../support/damaged-history.ts'
import { SAMPLE_TOPIC } from '../support/sample-message.ts'

test('the archives of a version say which messages they were packed from, late ones too', async () => {
  const { stores, communityId } = await openDamagedHistory()
  const { db } = stores
  const [older, newest] = await readCommunityVersions(db, communityId)
  if (older === undefined || newest === undefined) throw new Error('There are no versions')
  const archives = await readRecordedArchives(db, communityId, newest)
  expect(archives.map(({ recordedAfter, recordedUpTo }) => [recordedAfter, recordedUpTo])).toEqual([
    [0, 30],
    [0, 51],
    [30, 51],
  ])
  expect(archives.every(({ contentTopics }) => contentTopics.join() === SAMPLE_TOPIC)).toBe(true)
  expect(await readRecordedArchives(db, communityId, older)).toEqual(archives.slice(0, 1))
  expect(await readRecordedArchives(db, communityId, { ...newest, generation: 2 })).toEqual([])
})
