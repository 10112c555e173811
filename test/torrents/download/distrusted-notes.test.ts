import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openHeldFile } from '../../../src/formats/held-pieces.ts'
import { noteStampPathOf } from '../../../src/torrents/seeder/note-stamp.ts'
import {
  checkVersion as check,
  createNotedVersions as createVersions,
  fetchPieces as fetch,
  openDownload as open,
} from '../../support/noted-versions.ts'

const good = (dataPieces: number): object => ({ struck: 0, dataPieces })

describe('damage that no time tells', () => {
  test('is vouched for by none, once a read of a version that is served found it while a download goes on', async () => {
    const versions = createVersions()
    const { old, grown, heldPath } = versions
    await fetch(versions, old, 0, 1)
    const { distrust } = await check(versions, old)
    const { disk, write } = await open(versions, grown)
    await write(2)
    await disk.flush()
    await distrust()
    await write(4)
    await disk.close()
    expect(existsSync(noteStampPathOf(heldPath))).toBe(false)
    expect(await check(versions, grown)).toMatchObject(good(4))
  })

  test.each([true, false])(
    'is vouched for by none, once the download itself read it, stamped or not: %s',
    async (isStamped) => {
      const versions = createVersions()
      const { grown, heldPath } = versions
      const { disk, write } = await open(versions, grown)
      await write(0)
      if (isStamped) await disk.flush()
      disk.distrust()
      await write(1)
      await disk.close()
      expect(existsSync(noteStampPathOf(heldPath))).toBe(false)
      expect(await check(versions, grown)).toMatchObject(good(2))
    },
  )

  test('is not vouched for where a check strikes it while a download goes on', async () => {
    const versions = createVersions()
    const { old, grown, heldPath } = versions
    await fetch(versions, old, 0, 1)
    const { disk, write } = await open(versions, grown)
    await write(2)
    const note = await openHeldFile(heldPath)
    await note.write(new Map([[1, null]]))
    await note.close()
    await write(4)
    await disk.close()
    expect(await check(versions, grown)).toMatchObject(good(3))
  })
})
