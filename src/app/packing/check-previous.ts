import { canGoOnFrom } from '../../archives/packing/previous-version.ts'
import { nodeFileSteps } from '../../archives/file-steps.ts'
import { PIECE_BYTES } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { PackRunPorts } from './pack-run.ts'

/** The files of the version that a run would add to are missing, or not what was recorded. */
export interface PreviousFilesDamaged {
  readonly type: 'PreviousFilesDamaged'
}

/** Asks about the files that a run would begin with, before it is wished for. */
export type CheckPrevious = (communityId: CommunityId) => Promise<Result<null, PreviousFilesDamaged>>

/** Creates the check. What a run itself would not look at, the bytes of `data`, is not looked at. */
export function createCheckPrevious({
  archivesDir,
  readNewestVersion,
}: Pick<PackRunPorts, 'archivesDir' | 'readNewestVersion'>): CheckPrevious {
  return async (communityId) => {
    const previous = await readNewestVersion(communityId)
    const isGood = previous === null || canGoOnFrom(nodeFileSteps, archivesDir, communityId, previous, PIECE_BYTES)
    return isGood ? ok(null) : err({ type: 'PreviousFilesDamaged' })
  }
}
