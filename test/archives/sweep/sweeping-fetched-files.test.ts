import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { communityFolderOf, dataPathOf, indexPathOf, torrentPathOf } from '../../../src/archives/archive-paths.ts'
import { reconcileArchiveFiles } from '../../../src/archives/sweep/reconcile-archive-files.ts'
import type { FetchedFiles } from '../../../src/archives/sweep/surplus-files.ts'
import { infoHash } from '../../support/community-facts.ts'
import { writeGeneration } from '../../support/held-generation.ts'
import { PUBLISHED_BY } from '../../support/published-version.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

/** What is needed of a community whose torrent 2 is in generation 2. */
const KEPT: FetchedFiles = { infoHashes: new Set([infoHash(2)]), generations: new Set([2]), isUnderWay: false }

/** A folder with generations that hold something, each with one letter a piece. */
function writeGenerations(...generations: readonly number[]): string {
  const archivesDir = createTemporaryFolder()
  for (const generation of generations) writeGeneration(archivesDir, generation, 'a c')
  return archivesDir
}

function sweep(archivesDir: string, fetched: FetchedFiles | null, versions: readonly { generation: number }[] = []) {
  const packed = versions.map(({ generation }) => ({ infoHash: infoHash(9), generation, dataBytes: 10 }))
  return reconcileArchiveFiles(archivesDir, [{ communityId: PUBLISHED_BY, versions: packed, fetched }])
}

function namesIn(archivesDir: string): readonly string[] {
  return readdirSync(communityFolderOf(archivesDir, PUBLISHED_BY)).toSorted()
}

function write(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'of a version')
  return path
}

describe('sweeping what was fetched', () => {
  test('keeps the generations of versions that are needed and the newest, each with its note and its stamp', () => {
    const archivesDir = writeGenerations(1, 2, 3, 10)
    const folder = communityFolderOf(archivesDir, PUBLISHED_BY)
    for (const name of ['held.2.stamp', 'held.3.stamp', 'held.3.stamp.partial']) write(join(folder, name))
    const { removed, cut } = sweep(archivesDir, KEPT)
    expect(namesIn(archivesDir)).toEqual(['data.10', 'data.2', 'held.10', 'held.2', 'held.2.stamp'])
    expect(removed).toHaveLength(6)
    expect(cut).toEqual([])
  })

  test('keeps every generation that something is noted of, while something is still to be fetched', () => {
    const archivesDir = writeGenerations(1, 2, 3)
    expect(sweep(archivesDir, { ...KEPT, isUnderWay: true })).toEqual({ cut: [], removed: [], failed: [] })
  })

  test('removes a data that nothing is noted of, and that no version needs', () => {
    const archivesDir = writeGenerations(2)
    const stray = write(dataPathOf(archivesDir, PUBLISHED_BY, 1))
    const stamp = write(join(communityFolderOf(archivesDir, PUBLISHED_BY), 'held.1.stamp'))
    expect(sweep(archivesDir, { ...KEPT, isUnderWay: true }).removed.toSorted()).toEqual([stray, stamp])
  })

  test('keeps the data of a version whose note was lost', () => {
    const archivesDir = createTemporaryFolder()
    const data = write(dataPathOf(archivesDir, PUBLISHED_BY, 2))
    expect(sweep(archivesDir, KEPT).removed).toEqual([])
    expect(existsSync(data)).toBe(true)
  })

  test('cuts no data that something is noted of, whatever a run is said to have packed there', () => {
    const archivesDir = writeGenerations(1)
    expect(sweep(archivesDir, KEPT, [{ generation: 1 }])).toEqual({ cut: [], removed: [], failed: [] })
  })

  test('removes the folders of versions of before, and what is half written in the others', () => {
    const archivesDir = writeGenerations(2)
    const kept = write(torrentPathOf(archivesDir, PUBLISHED_BY, infoHash(2)))
    const half = write(`${kept}.partial`)
    const before = dirname(write(indexPathOf(archivesDir, PUBLISHED_BY, infoHash(1))))
    expect(sweep(archivesDir, KEPT).removed.toSorted()).toEqual([before, half])
    expect(existsSync(kept)).toBe(true)
  })

  test('removes all of it where nothing is known to have been fetched, as after a purge that broke off', () => {
    const archivesDir = writeGenerations(1, 2)
    sweep(archivesDir, null)
    expect(existsSync(join(archivesDir, PUBLISHED_BY))).toBe(false)
  })
})
