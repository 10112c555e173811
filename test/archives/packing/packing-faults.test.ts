import { describe, expect, test } from 'vitest'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import type { PackingFailed } from '../../../src/archives/packing/packing-failure.ts'
import { damagedVersions, findingsAfterStart, strayPaths } from '../../support/disk-findings.ts'
import { stepsOn, type DiskLimits } from '../../support/disk-model-steps.ts'
import type { DiskModel } from '../../support/disk-model.ts'
import { faultySteps, type FaultOf } from '../../support/faulty-file-steps.ts'
import { diskAfter, packOn, requestOf, SCENES, undisturbed, WRITE_BYTES } from '../../support/packing-scenes.ts'
import { recordFileSteps, systemError } from '../../support/recorded-file-steps.ts'
import { readSmallHistory } from '../../support/small-history.ts'

const CODES = [
  ['ENOSPC', 'DISK_FULL'],
  ['EACCES', 'ACCESS_DENIED'],
  ['EIO', 'INTERNAL'],
  ['EMFILE', 'TOO_MANY_OPEN_FILES'],
] as const
const LIMITS: DiskLimits = { writeBytes: WRITE_BYTES }

/** How many versions are recorded before the run. */
type Recorded = 0 | 1

interface FailedRun {
  readonly disk: DiskModel
  /** Null where the run did not fail. */
  readonly failed: PackingFailed | null
  /** The files that it left open. */
  readonly open: readonly string[]
}

const DISKS = [diskAfter(0), diskAfter(1), diskAfter(2)] as const

/** Packs the next version after so many, on a disk that has them. */
function packFaulty(recorded: Recorded, faultOf: FaultOf, limits = LIMITS): FailedRun {
  const disk = DISKS[recorded].copy()
  const steps = stepsOn(disk, limits)
  const packed = packArchives(requestOf(recorded + 1), readSmallHistory, { files: faultySteps(steps, faultOf) })
  return { disk, failed: packed.ok ? null : packed.error, open: steps.open() }
}

/** The steps that the next version takes after so many. */
function stepsAfter(recorded: Recorded): readonly string[] {
  const { files, steps } = recordFileSteps(undefined, stepsOn(DISKS[recorded].copy(), LIMITS))
  packOn(files, requestOf(recorded + 1))
  return steps
}

/** What is wrong after a run that failed, and after the next one in the same process, whose version is recorded. */
async function findingsAfterFault({ disk, open }: FailedRun, recorded: number): Promise<readonly string[]> {
  const findings = [...(await damagedVersions(disk, recorded)), ...open.map((path) => `${path} is open`)]
  findings.push(
    ...(await findingsAfterStart(
      disk.afterPowerCut(() => 'KEPT'),
      recorded,
    )),
  )
  const version = packOn(stepsOn(disk, LIMITS), requestOf(recorded + 1))
  if (JSON.stringify(version) !== JSON.stringify(undisturbed(recorded + 1).version)) findings.push('another version')
  return [
    ...findings,
    ...(await findingsAfterStart(
      disk.afterPowerCut(() => 'LOST'),
      recorded + 1,
    )),
  ]
}

/** What a run left that was undone. An empty `data` may stay for the next run, which makes the same. */
function leftBehind({ disk }: FailedRun, recorded: Recorded): readonly string[] {
  if (recorded > 0) return strayPaths(disk, recorded)
  return [...disk.tree()].flatMap(([path, bytes]) => (bytes !== null && bytes.length > 0 ? [path] : []))
}

describe.each<Recorded>([0, 1])('after %i versions, a step that fails', (recorded) => {
  const steps = stepsAfter(recorded)

  test.each(CODES)('with %s is reported, undone, and no matter for the next run', async (systemCode, code) => {
    const findings: string[] = []
    for (const [failing, step] of steps.entries()) {
      const fault = systemError(systemCode)
      const run = packFaulty(recorded, (_, index) => (index === failing ? fault : null))
      expect(run.failed).toMatchObject({ code })
      expect(run.failed?.cause).toBe(fault)
      const found = [...leftBehind(run, recorded), ...(await findingsAfterFault(run, recorded))]
      findings.push(...found.map((each) => `step ${failing}, ${step}: ${each}`))
    }
    expect(findings).toEqual([])
  })

  test('and cannot be undone is swept, and no matter for the next run', async () => {
    const findings: string[] = []
    for (const [failing, step] of steps.entries()) {
      const fault = systemError('ENOSPC')
      for (let undone = 0; ; undone += 1) {
        let undoing = -1
        let hasFailedTwice = false
        const run = packFaulty(recorded, (_, index) => {
          if (index === failing) return fault
          if (index > failing) undoing += 1
          if (undoing !== undone) return null
          hasFailedTwice = true
          return systemError('EDQUOT')
        })
        if (!hasFailedTwice) break
        expect(run.failed).toMatchObject({ code: 'DISK_FULL' })
        const found = await findingsAfterFault(run, recorded)
        findings.push(...found.map((each) => `step ${failing}, ${step}, undoing step ${undone}: ${each}`))
      }
    }
    expect(findings).toEqual([])
  })

  test('for good leaves what the next start sweeps', async () => {
    const findings: string[] = []
    for (const [failing, step] of steps.entries()) {
      const run = packFaulty(recorded, (_, index) => (index >= failing ? systemError('EACCES') : null))
      expect(run.failed).toMatchObject({ code: 'ACCESS_DENIED' })
      const found = await findingsAfterFault({ ...run, open: [] }, recorded)
      findings.push(...found.map((each) => `from step ${failing}, ${step}: ${each}`))
    }
    expect(findings).toEqual([])
  })
})

test('a disk that is full at some byte of a run is reported, and nothing is left once there is room', async () => {
  const recorded = 1
  const usedBytes = bytesOn(DISKS[1])
  const neededBytes = bytesOn(DISKS[2]) - usedBytes
  const findings: string[] = []
  for (let room = 0; room < neededBytes; room += 211) {
    const run = packFaulty(recorded, () => null, { ...LIMITS, capacityBytes: usedBytes + room })
    expect(run.failed).toMatchObject({ code: 'DISK_FULL', cause: { code: 'ENOSPC' } })
    const found = [...leftBehind(run, recorded), ...(await findingsAfterFault(run, recorded))]
    findings.push(...found.map((each) => `room for ${room} bytes: ${each}`))
  }
  expect(findings).toEqual([])
  expect(packFaulty(recorded, () => null, { ...LIMITS, capacityBytes: usedBytes + neededBytes }).failed).toBeNull()
})

test.each([7, 256, 4096])('writes that take %i bytes at most make the same version', async (writeBytes) => {
  const disk = DISKS[1].copy()
  expect(packOn(stepsOn(disk, { writeBytes }), requestOf(2))).toEqual(undisturbed(2).version)
  expect(
    await findingsAfterStart(
      disk.afterPowerCut(() => 'LOST'),
      2,
    ),
  ).toEqual([])
})

test.each(SCENES.filter(({ makesVersion }) => !makesVersion))(
  'a step of $name that fails is told of, and the next start ends it',
  async ({ before, recorded, act }) => {
    const { files, steps } = recordFileSteps(undefined, stepsOn(before.copy()))
    act(files)
    const findings: string[] = []
    for (const [failing, step] of steps.entries()) {
      const [disk, fault] = [before.copy(), systemError('EIO')]
      expect(() => act(faultySteps(stepsOn(disk), (_, index) => (index === failing ? fault : null)))).toThrow(fault)
      for (const left of [disk.afterPowerCut(() => 'LOST'), disk.afterPowerCut(() => 'KEPT')]) {
        const found = await findingsAfterStart(left, recorded)
        findings.push(...found.map((each) => `step ${failing}, ${step}: ${each}`))
      }
    }
    expect(findings).toEqual([])
  },
)

function bytesOn(disk: DiskModel): number {
  return [...disk.tree().values()].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
}
