import { stepsOn } from './disk-model-steps.ts'
import type { DiskModel, DiskMoment } from './disk-model.ts'
import type { Fate } from './disk-states.ts'
import { WRITE_BYTES, type Scene } from './packing-scenes.ts'
import { createSeededRandom } from './seeded-random.ts'

/** A disk as a power cut left it, and what the log names then. */
export interface PowerCut {
  /** The scene, the step that was not taken any more, and what became of those before it. */
  readonly where: string
  readonly disk: DiskModel
  readonly recorded: number
}

const FATES: readonly [Fate, ...Fate[]] = ['LOST', 'KEPT', 'PART', 'ZEROS']

/** Every moment of a scene at which the power can be cut, and the one after its last step. */
export function momentsOf({ before, act }: Pick<Scene, 'before' | 'act'>): readonly DiskMoment[] {
  const disk = before.copy().record()
  act(stepsOn(disk, { writeBytes: WRITE_BYTES }))
  return [...disk.moments, { change: 'the end', disk: disk.copy() }]
}

/**
 * Cuts the power at every moment of a scene: with all lost that was not synced, with all kept, and with so many random
 * outcomes, the same each time.
 */
export function powerCutsIn(scene: Scene, chances: number): readonly PowerCut[] {
  const moments = momentsOf(scene)
  return moments.flatMap(({ change, disk }, index) => {
    // The event that names the new version may be recorded after the last step, and no sooner.
    const isDone = scene.makesVersion && index === moments.length - 1
    const recordings = isDone ? [scene.recorded, scene.recorded + 1] : [scene.recorded]
    return outcomesOf(disk, chances, index * chances).flatMap(({ fate, left }) =>
      recordings.map((recorded) => {
        const where = `${scene.name}, step ${index}, before ${change}, ${fate}, ${recorded} recorded`
        return { where, disk: left, recorded }
      }),
    )
  })
}

function outcomesOf(
  disk: DiskModel,
  chances: number,
  firstSeed: number,
): readonly { readonly fate: string; readonly left: DiskModel }[] {
  const outcomes = [
    { fate: 'all lost', left: disk.afterPowerCut(() => 'LOST') },
    { fate: 'all kept', left: disk.afterPowerCut(() => 'KEPT') },
  ]
  for (let seed = firstSeed; seed < firstSeed + chances; seed += 1) {
    const random = createSeededRandom(seed)
    outcomes.push({ fate: `seed ${seed}`, left: disk.afterPowerCut(() => random.pick(FATES)) })
  }
  return outcomes
}

/** One of those that left the same files under the same log. */
export function differentOnes(cuts: readonly PowerCut[]): readonly PowerCut[] {
  return [...new Map(cuts.map((cut) => [`${cut.recorded} ${cut.disk.digest()}`, cut])).values()]
}
