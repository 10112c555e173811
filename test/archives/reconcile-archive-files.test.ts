import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reconcileArchiveFiles } from '../../src/archives/reconcile-archive-files.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing-request.ts'
import { dataOf, expectServable, pack, packFirst } from '../support/packed-history.ts'
import { recordFileSteps } from '../support/recorded-file-steps.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

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
    const { files, steps } = recordFileSteps()
    expect(reconcileArchiveFiles(next.archivesDir, known(next, first, second), files)).toEqual({ cut: [], removed: [] })
    expect(steps).not.toContain('cut')
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

  test('removes generations, half-written files and communities that no event names', async () => {
    const { first, next } = packFirst()
    const folder = join(next.archivesDir, next.communityId)
    const version = join(folder, first.infoHash)
    const other = join(next.archivesDir, `0x03${'cd'.repeat(32)}`)
    cpSync(folder, other, { recursive: true })
    writeFileSync(join(folder, 'data.2'), 'of no version')
    writeFileSync(join(version, 'torrent.partial'), 'half')
    const { cut, removed } = reconcileArchiveFiles(next.archivesDir, known(next, first))
    expect(cut).toEqual([])
    expect(removed.toSorted()).toEqual([join(folder, 'data.2'), join(version, 'torrent.partial'), other].toSorted())
    expect(removed.filter((path) => existsSync(path))).toEqual([])
    await expectServable(next, first)
  })

  test('leaves alone what is none of its business, and what is too short', () => {
    const { first, next } = packFirst()
    const folder = join(next.archivesDir, next.communityId)
    mkdirSync(join(next.archivesDir, 'backup'))
    writeFileSync(join(folder, 'notes.txt'), 'an operator was here')
    truncateSync(dataOf(next, first), 10)
    expect(reconcileArchiveFiles(next.archivesDir, known(next, first))).toEqual({ cut: [], removed: [] })
    expect(existsSync(join(next.archivesDir, 'backup'))).toBe(true)
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true)
  })

  test('has nothing to do where there are no archives yet', () => {
    const nowhere = join(createTemporaryFolder(), 'archives')
    expect(reconcileArchiveFiles(nowhere, [])).toEqual({ cut: [], removed: [] })
  })
})
