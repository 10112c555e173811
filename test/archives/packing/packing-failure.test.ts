import { appendFileSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { versionFolderOf } from '../../../src/archives/archive-paths.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../../src/archives/packing/packing-request.ts'
import { dataOf, packFirst } from '../../support/packed-history.ts'
import { recordFileSteps, systemError } from '../../support/recorded-file-steps.ts'
import { readSmallHistory, smallHistory } from '../../support/small-history.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

describe('files that are not what was recorded', () => {
  test.each<[string, (request: PackingRequest, first: PackedArchives) => void]>([
    ['data is missing', (request, first) => unlinkSync(dataOf(request, first))],
    ['data is too short', (request, first) => truncateSync(dataOf(request, first), first.dataBytes - 1)],
    ['the index is missing', (request, first) => unlinkSync(fileOf(request, first, 'index'))],
    ['the index is changed', (request, first) => flipByte(fileOf(request, first, 'index'), first.indexBytes - 1)],
    ['the index is longer', (request, first) => appendFileSync(fileOf(request, first, 'index'), 'x')],
    ['the torrent file is missing', (request, first) => unlinkSync(fileOf(request, first, 'torrent'))],
    ['the torrent file is empty', (request, first) => truncateSync(fileOf(request, first, 'torrent'))],
    ['the torrent file is changed', (request, first) => flipByte(fileOf(request, first, 'torrent'), 0)],
  ])('are refused as FILES_DAMAGED: %s', (_, damage) => {
    const { first, next } = packFirst()
    damage(next, first)
    expect(packArchives(next, readSmallHistory)).toMatchObject({ ok: false, error: { code: 'FILES_DAMAGED' } })
  })

  test('say how short data is', () => {
    const { first, next } = packFirst()
    truncateSync(dataOf(next, first), 7)
    expect(packArchives(next, readSmallHistory)).toMatchObject({
      ok: false,
      error: { numbers: { foundBytes: 7, recordedBytes: first.dataBytes } },
    })
  })

  test('are refused where only the hash of an old piece of data is not the recorded one', () => {
    const { first, next } = packFirst()
    const path = fileOf(next, first, 'torrent')
    flipByte(path, readFileSync(path).indexOf('6:pieces') + 20)
    expect(packArchives(next, readSmallHistory)).toMatchObject({ ok: false, error: { code: 'FILES_DAMAGED' } })
  })

  function fileOf(request: PackingRequest, { infoHash }: PackedArchives, name: string): string {
    return join(versionFolderOf(request.archivesDir, request.communityId, infoHash), name)
  }

  function flipByte(path: string, at: number): void {
    const bytes = readFileSync(path)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
  }
})

describe('a step that fails', () => {
  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'ACCESS_DENIED'],
    ['EROFS', 'ACCESS_DENIED'],
    ['EMFILE', 'TOO_MANY_OPEN_FILES'],
    ['EIO', 'INTERNAL'],
  ])('with %s is called %s', (systemCode, code) => {
    const thrown = systemError(systemCode)
    const { files } = recordFileSteps((step) => {
      if (step === 'write') throw thrown
    })
    const packed = packArchives(smallHistory(createTemporaryFolder()), readSmallHistory, { files })
    expect(packed).toMatchObject({ ok: false, error: { code, cause: thrown } })
  })

  test('when undone fails too, tells of both', () => {
    const { next } = packFirst()
    const [writing, cutting] = [systemError('ENOSPC'), systemError('EIO')]
    const { files } = recordFileSteps((step) => {
      if (step === 'write') throw writing
      if (step === 'cut') throw cutting
    })
    const packed = packArchives(next, readSmallHistory, { files })
    expect(packed).toMatchObject({ ok: false, error: { code: 'DISK_FULL', cause: { errors: [writing, cutting] } } })
  })

  test('while messages are read is INTERNAL', () => {
    const thrown = new Error('The message store is gone')
    const request = smallHistory(createTemporaryFolder())
    const inRange = (): never => {
      throw thrown
    }
    const packed = packArchives(request, { inRange, late: () => [] })
    expect(packed).toMatchObject({ ok: false, error: { code: 'INTERNAL', cause: thrown } })
  })
})
