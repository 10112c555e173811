import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stampPathOf } from '../../../src/archives/archive-paths.ts'
import { checkVersion } from '../../../src/archives/repair/check-version.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import { repairVersion, type RepairRequest } from '../../../src/archives/repair/repair-version.ts'
import { damagedVersions, findingsAfterStart, strayPaths } from '../../support/disk-findings.ts'
import { stepsOn } from '../../support/disk-model-steps.ts'
import type { DiskModel } from '../../support/disk-model.ts'
import { faultySteps } from '../../support/faulty-file-steps.ts'
import { flipByte } from '../../support/file-damage.ts'
import { ARCHIVES, diskWithStamp, packOn, requestOf, undisturbed } from '../../support/packing-scenes.ts'
import { historyOnDisk, pathsOf, readStored } from '../../support/recorded-history.ts'
import { recordFileSteps, systemError } from '../../support/recorded-file-steps.ts'
import { readSmallHistory, smallHistory } from '../../support/small-history.ts'
import { UNSYNCED } from '../../support/unsynced-file-steps.ts'
import { valueOf } from '../../support/value-of.ts'

const { communityId } = smallHistory(ARCHIVES)
const STAMPED = diskWithStamp(1)

function stampOn(disk: DiskModel, version: number): string | null {
  const path = stampPathOf(ARCHIVES, communityId, undisturbed(version).version.infoHash)
  return disk.find(path) === null ? null : Buffer.from(disk.bytesAt(path)).toString()
}

describe('packing behind a version that was hashed', () => {
  test('leaves a stamp for what was hashed, and the stamp of the version before as it was', () => {
    const disk = STAMPED.copy()
    packOn(stepsOn(disk), requestOf(2))
    expect(stampOn(disk, 2)).toMatch(new RegExp(`^data .*\nchecked=${undisturbed(1).version.dataBytes}\n$`))
    expect(stampOn(disk, 1)).toBe(stampOn(STAMPED, 1))
  })

  test('reports a step that fails, and undoes what it did', async () => {
    const { files, steps } = recordFileSteps(undefined, stepsOn(STAMPED.copy()))
    packOn(files, requestOf(2))
    const findings: string[] = []
    for (const [failing, step] of steps.entries()) {
      const disk = STAMPED.copy()
      const model = stepsOn(disk)
      const fault = systemError('EMFILE')
      const faulty = faultySteps(model, (_, index) => (index === failing ? fault : null))
      const packed = packArchives(requestOf(2), readSmallHistory, { files: faulty })
      expect(packed).toMatchObject({ ok: false, error: { code: 'TOO_MANY_OPEN_FILES', cause: fault } })
      const left = disk.afterPowerCut(() => 'KEPT')
      const found = [
        ...(await damagedVersions(disk, 1)),
        ...strayPaths(disk, 1),
        ...(await findingsAfterStart(left, 1)),
      ]
      findings.push(...[...found, ...model.open()].map((each) => `step ${failing}, ${step}: ${each}`))
    }
    expect(findings).toEqual([])
  })

  test('takes its stamp away again where that of the version before goes while it is written', () => {
    const disk = STAMPED.copy()
    const steps = stepsOn(disk)
    const { infoHash } = undisturbed(1).version
    const rename = (from: string, to: string): void => {
      if (to.endsWith('stamp')) steps.remove(stampPathOf(ARCHIVES, communityId, infoHash))
      steps.rename(from, to)
    }
    packOn({ ...steps, rename }, requestOf(2))
    expect(stampOn(disk, 2)).toBeNull()
    expect(
      stampOn(
        disk.afterPowerCut(() => 'LOST'),
        2,
      ),
    ).toBeNull()
  })

  test('goes without a stamp that the disk no longer gives', () => {
    const disk = STAMPED.copy()
    const steps = stepsOn(disk)
    const openToRead = (path: string): number => {
      if (path.endsWith('stamp')) throw systemError('EIO')
      return steps.openToRead(path)
    }
    packOn({ ...steps, openToRead }, requestOf(2))
    expect(stampOn(disk, 2)).toBeNull()
  })
})

describe('the stamp of a version that is damaged', () => {
  const stampOf = (version: RepairRequest): string => join(pathsOf(version).folder, 'stamp')

  test.each([
    ['data', 9],
    ['index', 9],
    ['torrent', 400], // Within the pieces: what comes before the info dictionary is not recorded.
  ] as const)('is taken away by the check that finds it (%s)', (name, at) => {
    const { first, second } = historyOnDisk()
    for (const version of [first, second]) writeFileSync(stampOf(version), 'of what was hashed')
    valueOf(checkVersion(second, { files: UNSYNCED }))
    expect(existsSync(stampOf(second))).toBe(true)
    flipByte(pathsOf(second)[name], at)
    valueOf(checkVersion(second, { files: UNSYNCED }))
    const isShared = name === 'data'
    expect([first, second].map((version) => existsSync(stampOf(version)))).toEqual([!isShared, false])
  })

  test('is taken away of a version that a run makes while the stamps are taken away', () => {
    const { first, second } = historyOnDisk()
    const third = join(pathsOf(second).community, 'f'.repeat(40), 'stamp')
    writeFileSync(stampOf(first), 'of what was hashed')
    flipByte(pathsOf(second).data, 9)
    const remove = (path: string): void => {
      if (path === stampOf(first)) {
        mkdirSync(dirname(third))
        writeFileSync(third, 'of what was hashed before')
      }
      UNSYNCED.remove(path)
    }
    valueOf(checkVersion(second, { files: { ...UNSYNCED, remove } }))
    expect([stampOf(first), third].map((path) => existsSync(path))).toEqual([false, false])
  })

  test('is taken away before anything of it is mended', () => {
    const { second } = historyOnDisk()
    flipByte(pathsOf(second).data, 9)
    const { damage } = valueOf(checkVersion(second, { files: UNSYNCED }))
    writeFileSync(stampOf(second), 'of what was hashed')
    const writeAt: typeof UNSYNCED.writeAt = (...given) => {
      expect(existsSync(stampOf(second))).toBe(false)
      return UNSYNCED.writeAt(...given)
    }
    const files = { ...UNSYNCED, writeAt }
    const mended = valueOf(repairVersion(second, damage ?? expect.unreachable(), readStored(), { files }))
    expect(mended.archives).toMatchObject([{ outcome: 'REPAIRED' }])
    expect(existsSync(stampOf(second))).toBe(false)
  })

  test('stays where nothing may be changed, and the damage is told', () => {
    const { second } = historyOnDisk()
    writeFileSync(stampOf(second), 'of what was hashed')
    flipByte(pathsOf(second).data, 9)
    const remove = (): never => {
      throw systemError('EROFS')
    }
    const { damage } = valueOf(checkVersion(second, { files: { ...UNSYNCED, remove } }))
    expect(damage).not.toBeNull()
  })
})
