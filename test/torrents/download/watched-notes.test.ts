import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { openHeldFile } from '../../../src/formats/held-pieces.ts'
import { noteStampPathOf } from '../../../src/torrents/seeder/note-stamp.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { hashOf } from '../../support/fetched-files.ts'
import {
  checkVersion as check,
  createNotedVersions as createVersions,
  fetchPieces as fetch,
  openDownload as open,
  type OpenedDownload,
} from '../../support/noted-versions.ts'

const good = (dataPieces: number): object => ({ struck: 0, dataPieces })

describe('what was fetched', () => {
  test('is not hashed again to be served: not after the first download, and not after the next', async () => {
    const versions = createVersions()
    const { old, grown } = versions
    await fetch(versions, old, 0, 1, 3)
    expect(await check(versions, old)).toMatchObject(good(0))
    await fetch(versions, grown, 2, 4, 5)
    for (const version of [grown, old]) expect(await check(versions, version)).toMatchObject(good(0))
    expect(await check(versions, grown, 'WHOLE')).toMatchObject(good(6))
  })

  test('is not hashed again where what was here before was hashed, by whichever version', async () => {
    const versions = createVersions()
    const { old, grown, heldPath } = versions
    await fetch(versions, old, 0, 1)
    rmSync(noteStampPathOf(heldPath))
    expect(await check(versions, grown)).toMatchObject(good(2))
    await fetch(versions, old, 2)
    for (const version of [grown, old]) expect(await check(versions, version)).toMatchObject(good(0))
  })

  test('is hashed where nothing is known of what was here before, and not once more', async () => {
    const versions = createVersions()
    const { old, grown, heldPath } = versions
    await fetch(versions, old, 0, 1)
    rmSync(noteStampPathOf(heldPath))
    await fetch(versions, grown, 4)
    expect(await check(versions, grown)).toMatchObject(good(3))
    expect(await check(versions, old)).toMatchObject(good(0))
  })

  test('is hashed as far as the check of a shorter version did not go', async () => {
    const versions = createVersions()
    const { old, grown, heldPath } = versions
    await fetch(versions, grown, 0, 4)
    rmSync(noteStampPathOf(heldPath))
    expect(await check(versions, old)).toMatchObject(good(1))
    await fetch(versions, grown, 1, 5)
    expect(await check(versions, grown)).toMatchObject(good(2))
  })

  test('is hashed where a note came from elsewhere', async () => {
    const versions = createVersions()
    const { old, grown, heldPath } = versions
    await fetch(versions, old, 0)
    const note = await openHeldFile(heldPath)
    await note.write(new Map([[3, hashOf(grown, 3)]]))
    await note.close()
    await fetch(versions, grown, 4)
    expect(await check(versions, grown)).toMatchObject({ struck: 1, dataPieces: 3 })
  })
})

describe('a byte that somebody else changes', () => {
  test.each<[when: string, during: (opened: OpenedDownload, change: () => void) => Promise<void>]>([
    [
      'between two writes of a download',
      async ({ write }, change) => {
        await write(2)
        change()
        await write(4)
      },
    ],
    [
      'between two checkpoints of it',
      async ({ disk, write }, change) => {
        await write(2)
        await disk.flush()
        change()
        await write(4)
      },
    ],
    [
      'behind its last write',
      async ({ write }, change) => {
        await write(2, 4)
        change()
      },
    ],
    [
      'before its first',
      async ({ write }, change) => {
        change()
        await write(2, 4)
      },
    ],
  ])('is found at the next start: %s', async (_when, during) => {
    const versions = createVersions()
    await fetch(versions, versions.old, 0, 1)
    const opened = await open(versions, versions.grown)
    await during(opened, () => flipByteUnseen(versions.dataPath, 9))
    await opened.disk.close()
    expect(await check(versions, versions.grown)).toMatchObject({ struck: 1, dataPieces: 4 })
  })

  test.each<[when: string, more: readonly number[]]>([
    ['between two downloads', [4]],
    ['after the last', []],
  ])('is found at the next start: %s', async (_when, more) => {
    const versions = createVersions()
    const { old, grown, dataPath } = versions
    await fetch(versions, old, 0, 1)
    await check(versions, old)
    flipByteUnseen(dataPath, 9)
    await fetch(versions, grown, ...more)
    expect(await check(versions, grown)).toMatchObject({ struck: 1, dataPieces: 2 + more.length })
    expect(await check(versions, old)).toMatchObject(good(1)) // It was hashed for another version, and struck: no stamp.
  })

  test('is found at the next start: while it was hashed', async () => {
    const versions = createVersions()
    const { old, dataPath, heldPath } = versions
    await fetch(versions, old, 0, 1)
    let isFirst = true
    const change = (): void => {
      if (isFirst) flipByteUnseen(dataPath, 9)
      isFirst = false
    }
    rmSync(noteStampPathOf(heldPath))
    expect(await check(versions, old, 'IF_CHANGED', change)).toMatchObject(good(2))
    expect(await check(versions, old)).toMatchObject({ struck: 1 })
  })

  test('is found where another file stands in the place of the one that is written to', async () => {
    const versions = createVersions()
    const { old, dataPath } = versions
    const { disk, write } = await open(versions, old)
    await write(0)
    const bytes = readFileSync(dataPath)
    writeFileSync(`${dataPath}.other`, bytes.fill(1, 0, 9))
    renameSync(`${dataPath}.other`, dataPath)
    await write(1)
    await disk.close()
    expect(await check(versions, old)).toMatchObject({ struck: 2 })
  })
})

describe('a download that is killed', () => {
  test('costs nothing where it had nothing to write since its last checkpoint', async () => {
    const versions = createVersions()
    await fetch(versions, versions.old, 0, 1)
    const { disk, write } = await open(versions, versions.grown)
    await write(2, 4)
    await disk.flush()
    expect(await check(versions, versions.grown)).toMatchObject(good(0))
  })

  test('leaves nothing that vouches for what it wrote since, or for what somebody else does', async () => {
    const versions = createVersions()
    const { old, grown, dataPath } = versions
    await fetch(versions, old, 0, 1)
    const { disk, write } = await open(versions, grown)
    await write(2, 4)
    await disk.flush()
    await disk.files.write(5 * PIECE_BYTES, grown.bytes.subarray(0, 9)) // Half a piece, of which nothing is noted.
    expect(await check(versions, old)).toMatchObject(good(3))
    flipByteUnseen(dataPath, 4 * PIECE_BYTES)
    expect(await check(versions, grown)).toMatchObject({ struck: 1, dataPieces: 4 })
  })
})
