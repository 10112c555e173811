import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reconcileArchiveFiles } from '../../../src/archives/sweep/reconcile-archive-files.ts'
import type { PackedArchives, PackingRequest } from '../../../src/archives/packing/packing-request.ts'
import { dataOf, expectServable, pack, packFirst } from '../../support/packed-history.ts'
import { recordFileSteps } from '../../support/recorded-file-steps.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

function known(
  { communityId }: PackingRequest,
  ...versions: readonly PackedArchives[]
): readonly [{ readonly communityId: PackingRequest['communityId']; readonly versions: readonly PackedArchives[] }] {
  return [{ communityId, versions }]
}

describe('reconciling the archives on disk with what the log names', () => {
  test('changes nothing where they agree', async () => {
    const { first, next } = packFirst()
    const second = pack(next)
    const stamp = join(next.archivesDir, next.communityId, first.infoHash, 'stamp')
    writeFileSync(stamp, 'of what was hashed')
    const { files, steps } = recordFileSteps()
    expect(reconcileArchiveFiles(next.archivesDir, known(next, first, second), files)).toEqual({
      cut: [],
      removed: [],
      failed: [],
    })
    expect(steps).not.toContain('cut')
    expect(existsSync(stamp)).toBe(true)
    await expectServable(next, first)
    await expectServable(next, second)
  })

  test('undoes a version that no event names', async () => {
    const { first, next } = packFirst()
    const second = pack(next)
    const folder = join(next.archivesDir, next.communityId)
    expect(reconcileArchiveFiles(next.archivesDir, known(next, first))).toEqual({
      cut: [dataOf(next, first)],
      removed: [join(folder, second.infoHash)],
      failed: [],
    })
    expect(readFileSync(dataOf(next, first))).toHaveLength(first.dataBytes)
    await expectServable(next, first)
    expect(pack(next)).toEqual(second)
  })

  test('keeps what the longest version of a generation needs', async () => {
    const { first, next } = packFirst()
    const second = pack(next)
    appendFileSync(dataOf(next, second), 'left over')
    reconcileArchiveFiles(next.archivesDir, known(next, second, first))
    expect(readFileSync(dataOf(next, second))).toHaveLength(second.dataBytes)
    await expectServable(next, second)
  })

  test('removes generations and half-written files that no event names', async () => {
    const { first, next } = packFirst()
    const folder = join(next.archivesDir, next.communityId)
    const version = join(folder, first.infoHash)
    writeFileSync(join(folder, 'data.2'), 'of no version')
    const halves = ['torrent.partial', 'stamp.partial'].map((name) => join(version, name))
    for (const half of halves) writeFileSync(half, 'half')
    const { cut, removed } = reconcileArchiveFiles(next.archivesDir, known(next, first))
    expect(cut).toEqual([])
    expect(removed.toSorted()).toEqual([join(folder, 'data.2'), ...halves].toSorted())
    expect(removed.filter((path) => existsSync(path))).toEqual([])
    await expectServable(next, first)
  })

  test('removes all versions of a community whose first run broke off', () => {
    const { first, next } = packFirst()
    const { removed } = reconcileArchiveFiles(next.archivesDir, known(next))
    const folder = join(next.archivesDir, next.communityId)
    expect(removed.toSorted()).toEqual([dataOf(next, first), join(folder, first.infoHash), folder].toSorted())
    expect(existsSync(folder)).toBe(false)
  })

  test('leaves a community alone that the log never heard of: nothing was packed for it here', async () => {
    const { first, next } = packFirst()
    expect(reconcileArchiveFiles(next.archivesDir, [])).toEqual({ cut: [], removed: [], failed: [] })
    await expectServable(next, first)
  })

  test('opens no file that is as long as it should be, and none that is no file', () => {
    const { first, next } = packFirst()
    const { files, steps } = recordFileSteps()
    reconcileArchiveFiles(next.archivesDir, known(next, first), files)
    expect(steps).not.toContain('openToAppend')
    rmSync(dataOf(next, first))
    execFileSync('mkfifo', [dataOf(next, first)])
    expect(reconcileArchiveFiles(next.archivesDir, known(next, first), files)).toEqual({
      cut: [],
      removed: [],
      failed: [],
    })
    expect(steps).not.toContain('openToAppend')
  })

  test('leaves alone what is none of its business, and what is too short', () => {
    const { first, next } = packFirst()
    const folder = join(next.archivesDir, next.communityId)
    mkdirSync(join(next.archivesDir, 'backup'))
    writeFileSync(join(folder, 'notes.txt'), 'an operator was here')
    truncateSync(dataOf(next, first), 10)
    expect(reconcileArchiveFiles(next.archivesDir, known(next, first))).toEqual({ cut: [], removed: [], failed: [] })
    expect(existsSync(join(next.archivesDir, 'backup'))).toBe(true)
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true)
  })

  test('has nothing to do where there are no archives yet', () => {
    const nowhere = join(createTemporaryFolder(), 'archives')
    expect(reconcileArchiveFiles(nowhere, [])).toEqual({ cut: [], removed: [], failed: [] })
  })
})
