import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPathOf, versionFolderOf } from '../../src/archives/archive-paths.ts'
import { writeAll } from '../../src/archives/file-steps.ts'
import { reconcileArchiveFiles, type KnownVersions } from '../../src/archives/sweep/reconcile-archive-files.ts'
import { PARTIAL } from '../../src/formats/partial-file.ts'
import { infoHash } from '../support/community-facts.ts'
import { stepsOn } from '../support/disk-model-steps.ts'
import { DiskModel } from '../support/disk-model.ts'
import { faultySteps } from '../support/faulty-file-steps.ts'
import { ARCHIVES } from '../support/packing-scenes.ts'
import { recordFileSteps, systemError } from '../support/recorded-file-steps.ts'
import { communityNumber } from '../support/sample-events.ts'

const KNOWN: readonly KnownVersions[] = [1, 2, 3].map((n) => ({
  communityId: communityNumber(n),
  versions: [{ infoHash: infoHash(1), generation: 1, dataBytes: 10 }],
}))

/** A disk on which each community has more than the log names: of all kinds that are swept. */
function openCrowdedDisk(): DiskModel {
  const disk = new DiskModel()
  const steps = stepsOn(disk)
  for (const { communityId } of KNOWN) {
    const [version, unnamed] = [1, 2].map((n) => versionFolderOf(ARCHIVES, communityId, infoHash(n)))
    const purged = join(ARCHIVES, `${communityId}.purged`)
    for (const folder of [version, unnamed, purged]) steps.makeFolder(String(folder))
    const files = [1, 2].map((generation) => dataPathOf(ARCHIVES, communityId, generation))
    for (const path of [...files, join(String(version), `index${PARTIAL}`), join(purged, 'data.1')]) {
      writeAll(steps, steps.create(path), new Uint8Array(20))
    }
  }
  return disk
}

/** What lies differently on two disks. */
function differences(one: DiskModel, other: DiskModel): readonly string[] {
  const [tree, otherTree] = [one.tree(), other.tree()]
  const paths = [...new Set([...tree.keys(), ...otherTree.keys()])]
  return paths.filter(
    (path) => tree.get(path)?.length !== otherTree.get(path)?.length || tree.has(path) !== otherTree.has(path),
  )
}

test('a step of a sweep that fails, whichever, is told of, and all is done for the other communities', () => {
  const swept = openCrowdedDisk()
  const { files, steps } = recordFileSteps(undefined, stepsOn(swept))
  const { cut, removed, failed: none } = reconcileArchiveFiles(ARCHIVES, KNOWN, files)
  expect({ cut: cut.length, removed: removed.length, none }).toEqual({ cut: 3, removed: 12, none: [] })
  for (const failing of steps.keys()) {
    const [disk, cause] = [openCrowdedDisk(), systemError('EPERM')]
    const faulty = faultySteps(stepsOn(disk), (_, index) => (index === failing ? cause : null))
    const { failed } = reconcileArchiveFiles(ARCHIVES, KNOWN, faulty)
    expect(failed).toEqual([{ path: expect.stringContaining(ARCHIVES), cause }])
    const [path = ''] = failed.map((each) => each.path)
    const others = KNOWN.filter(({ communityId }) => path !== ARCHIVES && !path.includes(communityId))
    const undone = differences(disk, swept).filter((each) =>
      others.some(({ communityId }) => each.includes(communityId)),
    )
    expect({ failing, undone }).toEqual({ failing, undone: [] })
    expect(others.length).toBe(path === ARCHIVES ? 0 : 2)
  }
})
