import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sweepGenerations } from '../../../src/app/downloading/sweep-generations.ts'
import { communityFolderOf } from '../../../src/archives/archive-paths.ts'
import type { CommunityEvent } from '../../../src/domain/events.ts'
import { openRunStores } from '../../support/begun-run.ts'
import { COMMUNITY, unseeded } from '../../support/community-facts.ts'
import { fetched, fetchedAndServed, magnetlinkReceived, member } from '../../support/member-facts.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const FIRST = ['data.1', 'held.1', 'held.1.stamp']
const SECOND = ['data.2', 'held.2']

/** A rollover to a version that contradicts the one before. */
const ROLLOVER = [...member, ...fetchedAndServed(1), ...fetchedAndServed(2, 2)]

/** A community with that past, and these files. */
async function folderAfter(past: readonly CommunityEvent[], names: readonly string[]) {
  const { stores } = await openRunStores(createTemporaryFolder())
  const { archivesDir, db, log } = stores
  await recordFacts(log, past)
  const folder = communityFolderOf(archivesDir, COMMUNITY)
  mkdirSync(folder, { recursive: true })
  for (const name of names) writeFileSync(`${folder}/${name}`, name)
  const told: unknown[] = []
  return {
    folder,
    told,
    record: async (...facts: readonly CommunityEvent[]): Promise<void> => recordFacts(log, facts),
    /** Sweeps, once those who worked with the files have done what they do meanwhile. */
    sweep: async (meanwhile: () => Promise<void> = async () => undefined) =>
      sweepGenerations({
        archivesDir,
        db,
        alone: async (_, work) => meanwhile().then(work),
        onSwept: ({ removed }) => told.push(removed),
        onUnswept: ({ path }) => told.push(path),
      }),
  }
}

describe('a generation of data that was fetched', () => {
  test('is kept as long as its torrent retires, and removed when that was dropped', async () => {
    const { folder, told, sweep, record } = await folderAfter(ROLLOVER, [...FIRST, ...SECOND])
    await sweep()
    expect(told).toEqual([])
    await record(unseeded(1, 'REPLACED'))
    await sweep()
    expect(told).toEqual([FIRST.map((name) => `${folder}/${name}`)])
    expect(readdirSync(folder).toSorted()).toEqual(SECOND)
  })

  test('is kept while a newer link is to be fetched, which may need it', async () => {
    const past = [...ROLLOVER, unseeded(1, 'REPLACED'), magnetlinkReceived(3)]
    const { folder, sweep, record } = await folderAfter(past, [...FIRST, ...SECOND])
    await sweep()
    expect(readdirSync(folder)).toHaveLength(5)
    await record(...fetched(3, 2).slice(1))
    await sweep()
    expect(readdirSync(folder).toSorted()).toEqual(SECOND)
  })

  test('is kept where it is needed again by the time that nobody else works with the files', async () => {
    const past = [...ROLLOVER, unseeded(1, 'REPLACED')]
    const { folder, sweep, record } = await folderAfter(past, [...FIRST, ...SECOND])
    await sweep(async () => record(magnetlinkReceived(3)))
    expect(readdirSync(folder)).toHaveLength(5)
  })

  test('is told from what a run packs, and has not recorded yet', async () => {
    const past = [...ROLLOVER, unseeded(1, 'REPLACED')]
    const { folder, sweep } = await folderAfter(past, [...FIRST, ...SECOND, 'data.3'])
    await sweep()
    expect(readdirSync(folder).toSorted()).toEqual(['data.2', 'data.3', 'held.2'])
  })
})
