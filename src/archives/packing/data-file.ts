import { communityFolderOf, dataPathOf } from '../archive-paths.ts'
import type { FileSteps } from '../file-steps.ts'
import { PackingStopped } from './packing-failure.ts'
import type { PackingRequest } from './packing-request.ts'

/** A `data` that is open to be appended to. */
export interface DataFile {
  readonly file: number
  readonly generation: number
  /** Its length, which is what the log names. */
  readonly dataBytes: number
}

type PackingPlace = Pick<PackingRequest, 'archivesDir' | 'communityId' | 'previous' | 'newGeneration'>

/** The generation of a community's first version. */
const FIRST_GENERATION = 1

/**
 * Opens `data` at the length that the log names; what a broken run left beyond it is cut off.
 *
 * One that begins comes after all that pieces were noted down of: what was fetched is nobody's to append to.
 *
 * @throws PackingStopped FILES_DAMAGED where it is missing or shorter.
 */
export function openDataFile(
  files: FileSteps,
  { archivesDir, communityId, previous, newGeneration = FIRST_GENERATION }: PackingPlace,
): DataFile {
  const begun = (): number => {
    const names = files.list(communityFolderOf(archivesDir, communityId)).map(({ name }) => name)
    const noted = names.map((name) => Number(/^held\.([0-9]+)$/.exec(name)?.[1] ?? 0))
    return noted.reduce((lowest, generation) => Math.max(lowest, generation + 1), newGeneration)
  }
  const { generation, dataBytes } = previous ?? { generation: begun(), dataBytes: 0 }
  const path = dataPathOf(archivesDir, communityId, generation)
  const file = files.openToAppend(path, previous === null ? 'CREATE' : 'FAIL')
  try {
    const foundBytes = files.sizeOf(file)
    if (foundBytes < dataBytes) {
      const message = `${path} is ${foundBytes} bytes long, and ${dataBytes} were recorded`
      throw new PackingStopped('FILES_DAMAGED', message, { foundBytes, recordedBytes: dataBytes })
    }
    if (foundBytes > dataBytes) files.cut(file, dataBytes)
    return { file, generation, dataBytes }
  } catch (error) {
    files.close(file)
    throw error
  }
}
