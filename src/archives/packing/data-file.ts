import type { CommunityId } from '../../domain/community-id.ts'
import { dataPathOf } from '../archive-paths.ts'
import type { FileSteps } from '../file-steps.ts'
import { PackingStopped } from './packing-failure.ts'
import type { ArchiveVersion } from './previous-version.ts'

/** A `data` that is open to be appended to. */
export interface DataFile {
  readonly file: number
  readonly generation: number
  /** Its length, which is what the log names. */
  readonly dataBytes: number
}

/** The generation of a community's first version. */
const FIRST_GENERATION = 1

/**
 * Opens `data` at the length that the log names; what a broken run left beyond it is cut off.
 *
 * @throws PackingStopped FILES_DAMAGED where it is missing or shorter.
 */
export function openDataFile(
  files: FileSteps,
  archivesDir: string,
  communityId: CommunityId,
  previous: ArchiveVersion | null,
): DataFile {
  const { generation, dataBytes } = previous ?? { generation: FIRST_GENERATION, dataBytes: 0 }
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
