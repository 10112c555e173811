import { describe, expect, test } from 'vitest'
import { checkVersion } from '../../../src/archives/repair/check-version.ts'
import type { FileSteps } from '../../../src/archives/file-steps.ts'
import { repairVersion, type RepairRequest } from '../../../src/archives/repair/repair-version.ts'
import type { Damage } from '../../../src/domain/damage.ts'
import { stepsOn } from '../../support/disk-model-steps.ts'
import { DiskModel } from '../../support/disk-model.ts'
import { differentOnes, powerCutsIn } from '../../support/power-cuts.ts'
import { archiveAt, packRecordedHistory, pathsOf, PIECE_LENGTH, readStored } from '../../support/recorded-history.ts'
import { recordFileSteps, systemError } from '../../support/recorded-file-steps.ts'
import { valueOf } from '../../support/value-of.ts'

const ARCHIVES = '/archives'
const empty = new DiskModel()
stepsOn(empty).makeFolder(ARCHIVES)
const { second } = packRecordedHistory(ARCHIVES, stepsOn(empty))
const UNDAMAGED = empty.afterPowerCut(() => 'KEPT')
const paths = pathsOf(second)

/** A disk on which something has happened to the second version, all of it durable. */
function damagedDisk(damage: (files: FileSteps) => void): DiskModel {
  const disk = UNDAMAGED.copy()
  damage(stepsOn(disk))
  return disk.afterPowerCut(() => 'KEPT')
}

function flip(files: FileSteps, path: string, at: number): void {
  const file = files.openToMend(path)
  const byte = new Uint8Array(1)
  files.read(file, byte, at)
  files.writeAt(
    file,
    byte.map((value) => value ^ 1),
    at,
  )
  files.close(file)
}

const DAMAGED: readonly [string, DiskModel][] = [
  [
    'flipped bits in three archives and the torrent file, and no index',
    damagedDisk((files) => {
      for (const index of [0, 4, 7]) flip(files, paths.data, archiveAt(second, index).offset + 300)
      flip(files, paths.torrent, 500)
      files.remove(paths.index)
    }),
  ],
  [
    'data that is too short, and an index that was changed',
    damagedDisk((files) => {
      const file = files.openToMend(paths.data)
      files.cut(file, archiveAt(second, 6).offset + 100)
      flip(files, paths.index, 10)
      flip(files, paths.data, 0)
    }),
  ],
  ['no data', damagedDisk((files) => files.remove(paths.data))],
  ['nothing left', damagedDisk((files) => files.remove(paths.community))],
]

function repair(files: FileSteps, recorded: RepairRequest = second): ReturnType<typeof repairVersion> | null {
  const damage = damageOn(files, recorded)
  return damage === null ? null : repairVersion(recorded, damage, readStored(), { files })
}

function damageOn(files: FileSteps, recorded: RepairRequest = second): Damage | null {
  return valueOf(checkVersion(recorded, { files })).damage
}

/** Which pieces of `data`, and which other files, are what was recorded. */
function goodParts(disk: DiskModel): readonly string[] {
  return (['data', 'index', 'torrent'] as const).flatMap((name) => {
    const path = paths[name]
    const right = UNDAMAGED.bytesAt(path)
    const found = disk.find(path) === null ? new Uint8Array(0) : disk.bytesAt(path)
    const step = name === 'data' ? PIECE_LENGTH : right.length
    return Array.from({ length: right.length / step }, (_, part) => part * step)
      .filter((at) => Buffer.compare(right.subarray(at, at + step), found.subarray(at, at + step)) === 0)
      .map((at) => `${name} ${at}`)
  })
}

function expectMended(disk: DiskModel): void {
  const files = stepsOn(disk)
  repair(files)
  expect(damageOn(files)).toBeNull()
  expect(disk.unsynced()).toEqual([])
  expect(files.open()).toEqual([])
  for (const path of [paths.data, paths.index, paths.torrent]) {
    expect(Buffer.compare(disk.bytesAt(path), UNDAMAGED.bytesAt(path))).toBe(0)
  }
}

describe.each(DAMAGED)('a repair of %s', (name, before) => {
  test('is durable when it is done', () => {
    const disk = before.copy()
    repair(stepsOn(disk))
    expect(disk.unsynced()).toEqual([])
    expectMended(disk)
  })

  test('that a power cut ends at any step leaves bad only what was bad, and the next one ends it', () => {
    const good = goodParts(before)
    const scene = { name, before, recorded: 0, makesVersion: false, act: (files: FileSteps) => void repair(files) }
    const cuts = differentOnes(powerCutsIn(scene, 2))
    expect(cuts.length).toBeGreaterThan(10)
    for (const { where, disk } of cuts) {
      const left = new Set(goodParts(disk))
      expect(good.filter((part) => !left.has(part)).map((part) => `${part} after ${where}`)).toEqual([])
      expectMended(disk.copy())
    }
  })

  test('of which any step fails says so, leaves no file open, and the next one ends it', () => {
    const good = goodParts(before)
    const damage = damageOn(stepsOn(before.copy()))
    if (damage === null) throw new Error('Nothing is damaged')
    const dry = recordFileSteps(() => undefined, stepsOn(before.copy()))
    valueOf(repairVersion(second, damage, readStored(), { files: dry.files }))
    for (const failing of dry.steps.keys()) {
      const disk = before.copy()
      const steps = stepsOn(disk)
      const { files } = recordFileSteps((step, index) => {
        if (index === failing && step !== 'close') throw systemError('ENOSPC')
      }, steps)
      const repaired = repairVersion(second, damage, readStored(), { files })
      if (dry.steps[failing] !== 'close') expect(repaired).toMatchObject({ ok: false, error: { code: 'DISK_FULL' } })
      expect(steps.open()).toEqual([])
      const left = new Set(goodParts(disk))
      expect(good.filter((part) => !left.has(part))).toEqual([])
      expectMended(disk)
    }
  })
})

test('a repair of the index alone is durable, though all folders are new', () => {
  const disk = damagedDisk((files) => files.remove(paths.community))
  const files = stepsOn(disk)
  const damage = damageOn(files)
  if (damage === null) throw new Error('Nothing is damaged')
  const repaired = repairVersion(second, damage, () => [], { files })
  expect(repaired).toMatchObject({ value: { index: 'REPAIRED', torrentFile: 'NOT_POSSIBLE' } })
  expect(disk.unsynced()).toEqual([])
})

test('a repair ends as soon as it is asked to, tells how far it has come, and the next one ends it', () => {
  const disk = damagedDisk((files) => files.remove(paths.community))
  const files = stepsOn(disk)
  const damage = damageOn(files)
  if (damage === null) throw new Error('Nothing is damaged')
  const totalBytes = 2 * second.version.dataBytes
  const progress: number[] = []
  const onProgress = (done: number, total: number): void => {
    expect(total).toBe(totalBytes)
    progress.push(done)
  }
  const isStopped = (): boolean => progress.length > 3
  const stopped = repairVersion(second, damage, readStored(), { files, onProgress, isStopped })
  expect(stopped).toMatchObject({ ok: false, error: { code: 'STOPPED' } })
  expect(progress.at(-1)).toBe(archiveAt(second, 6).offset)
  valueOf(repairVersion(second, damage, readStored(), { files, onProgress }))
  expect(progress.at(-1)).toBe(totalBytes)
  expectMended(disk)
})
