import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileSteps, type FileSteps } from '../../../src/archives/file-steps.ts'
import { findingsAfterStart } from '../../support/disk-findings.ts'
import { stepsOn } from '../../support/disk-model-steps.ts'
import { materialise, readTree } from '../../support/disk-on-disk.ts'
import { dataOf, expectServable } from '../../support/packed-history.ts'
import {
  ARCHIVES,
  packOn,
  requestOf,
  SCENES,
  STAMPED_SCENES,
  sweepOn,
  undisturbed,
  versionsUpTo,
  WRITE_BYTES,
} from '../../support/packing-scenes.ts'
import { differentOnes, momentsOf, powerCutsIn, type PowerCut } from '../../support/power-cuts.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

/** So many random outcomes of each power cut, besides that all is lost and that all is kept. */
const CHANCES = 20

async function findingsOf(cuts: readonly PowerCut[]): Promise<readonly string[]> {
  const findings: string[] = []
  for (const { where, disk, recorded } of cuts) {
    const found = await findingsAfterStart(disk.copy(), recorded)
    findings.push(...found.map((each) => `${where}: ${each}`))
  }
  return findings
}

test.each([...SCENES, ...STAMPED_SCENES])(
  'a power cut at any step of $name leaves a history that is whole',
  async (scene) => {
    const cuts = powerCutsIn(scene, CHANCES)
    expect(await findingsOf(differentOnes(cuts))).toEqual([])
  },
)

test('a second power cut, at any step of the sweep that comes after the first, changes nothing about that', async () => {
  const cuts = SCENES.filter(({ makesVersion }) => makesVersion).flatMap((scene) =>
    momentsOf(scene).flatMap(({ change, disk }) => {
      const { name, recorded } = scene
      const before = disk.afterPowerCut(() => 'KEPT')
      const sweep = { name: `${name}, before ${change}, swept`, before, recorded, makesVersion: false }
      return powerCutsIn({ ...sweep, act: (files) => sweepOn(files, recorded) }, 1)
    }),
  )
  expect(cuts.length).toBeGreaterThan(1000)
  expect(await findingsOf(differentOnes(cuts))).toEqual([])
})

/** Nobody sees a sync while the power stays on, and a real one takes time. */
const files: FileSteps = { ...nodeFileSteps, sync: () => undefined, syncFolder: () => undefined }

test('so it is with the files of a real disk', async () => {
  const scenes = SCENES.filter(({ recorded }) => recorded === 1)
  const cuts = differentOnes(scenes.flatMap((scene) => powerCutsIn(scene, 0)))
  expect(cuts.length).toBeGreaterThan(30)
  for (const { disk, recorded } of cuts) {
    const folder = createTemporaryFolder()
    const archivesDir = join(folder, ARCHIVES)
    const request = requestOf(recorded + 1, archivesDir)
    materialise(disk, folder)
    sweepOn(files, recorded, archivesDir)
    for (const version of versionsUpTo(recorded)) await expectServable(request, version)
    const { version, data } = undisturbed(recorded + 1)
    expect(packOn(files, request)).toEqual(version)
    expect(readFileSync(dataOf(request, version)).equals(data)).toBe(true)
  }
})

test.each(SCENES)('a disk in memory and a real one are the same after $name', ({ before, act }) => {
  const [disk, folder] = [before.copy(), createTemporaryFolder()]
  materialise(disk, folder)
  expect(readTree(folder)).toEqual(disk.tree())
  act(stepsOn(disk, { writeBytes: WRITE_BYTES }), ARCHIVES)
  act(files, join(folder, ARCHIVES))
  expect(readTree(folder)).toEqual(disk.tree())
})
