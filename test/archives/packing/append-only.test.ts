import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataPathOf, versionFolderOf } from '../../../src/archives/archive-paths.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import { damagedVersions } from '../../support/disk-findings.ts'
import { stepsOn } from '../../support/disk-model-steps.ts'
import type { DiskModel } from '../../support/disk-model.ts'
import type { Fate } from '../../support/disk-states.ts'
import { faultySteps } from '../../support/faulty-file-steps.ts'
import { ARCHIVES, diskAfter, requestOf, sweepOn, versionsUpTo, WRITE_BYTES } from '../../support/packing-scenes.ts'
import { systemError } from '../../support/recorded-file-steps.ts'
import { readSmallHistory, smallHistory } from '../../support/small-history.ts'

const { communityId } = smallHistory(ARCHIVES)
/** The runs of which it is known what they make, but for the last, which is not recorded. */
const MOST_RECORDED = 3

/** What happens to the archives of a community, and what comes in between, if anything does. */
interface Happening {
  readonly act: 'PACK' | 'SWEEP'
  /** A power cut leaves of each unsynced change what `fates` say, in turn; then the archives are swept. */
  readonly trouble: 'NONE' | 'FAULT' | 'FAULT_FOR_GOOD' | 'POWER_CUT'
  /** Before which step or change. */
  readonly at: number
  readonly fates: readonly Fate[]
}

const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({
    act: fc.constantFrom('PACK' as const, 'PACK' as const, 'SWEEP' as const),
    trouble: fc.constantFrom('NONE', 'FAULT', 'FAULT_FOR_GOOD', 'POWER_CUT'),
    at: fc.nat({ max: 25 }),
    fates: fc.array(fc.constantFrom<Fate>('LOST', 'KEPT', 'PART', 'ZEROS'), { minLength: 1, maxLength: 7 }),
  }),
  { minLength: 3, maxLength: 9 },
)

/** An archives' folder that lives through happenings, and the versions that its log names. */
class Life {
  #disk = diskAfter(0)
  #recorded = 0

  /** @returns What is damaged then. */
  async liveThrough(happening: Happening): Promise<readonly string[]> {
    const disk = this.#disk.copy().record()
    const isPacked = act(disk, this.#recorded, happening)
    expectOnlyAppended(disk, this.#recorded)
    const cut = happening.trouble === 'POWER_CUT' ? disk.moments[happening.at]?.disk : undefined
    if (cut !== undefined) this.#restart(cut, happening.fates)
    else {
      this.#disk = disk.copy()
      if (isPacked && this.#recorded < MOST_RECORDED) this.#recorded += 1
    }
    return damagedVersions(this.#disk, this.#recorded)
  }

  #restart(cut: DiskModel, fates: readonly Fate[]): void {
    let changes = 0
    this.#disk = cut.afterPowerCut(() => fates[changes++ % fates.length] ?? 'LOST')
    const sweeping = this.#disk.copy()
    sweepOn(stepsOn(sweeping), this.#recorded)
    expectOnlyAppended(sweeping, this.#recorded)
    this.#disk = sweeping.copy()
  }
}

/** @returns Whether a version was packed. */
function act(disk: DiskModel, recorded: number, { act: what, trouble, at }: Happening): boolean {
  const files = faultySteps(stepsOn(disk, { writeBytes: WRITE_BYTES }), (_, index) =>
    (trouble === 'FAULT' && index === at) || (trouble === 'FAULT_FOR_GOOD' && index >= at) ? systemError('EIO') : null,
  )
  if (what === 'PACK') return packArchives(requestOf(recorded + 1), readSmallHistory, { files }).ok
  try {
    sweepOn(files, recorded)
  } catch (error) {
    expect(error).toMatchObject({ code: 'EIO' }) // Then the node does not start.
  }
  return false
}

/** Expects no change of a byte that the log names, and none of a recorded version's folder. */
function expectOnlyAppended({ byteChanges, moments }: DiskModel, recorded: number): void {
  const versions = versionsUpTo(recorded)
  const newest = versions.at(-1)
  if (newest === undefined) return
  const data = dataPathOf(ARCHIVES, communityId, newest.generation)
  for (const { path, offset } of byteChanges) {
    if (path === data) expect(offset).toBeGreaterThanOrEqual(newest.dataBytes)
  }
  for (const { infoHash } of versions) {
    const folder = versionFolderOf(ARCHIVES, communityId, infoHash)
    expect(moments.filter(({ change }) => change.includes(folder) && !change.startsWith('SYNC'))).toEqual([])
  }
}

test('whatever happens, no packing and no sweep touches a byte that the log names', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const life = new Life()
      for (const happening of all) expect(await life.liveThrough(happening)).toEqual([])
    }),
    { numRuns: 60 },
  )
})
