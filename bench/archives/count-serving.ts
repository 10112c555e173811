import { filesOf } from '../../src/app/torrents.ts'
import type { ArchiveVersion } from '../../src/archives/packing/previous-version.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { FileCheck } from '../../src/torrents/client/torrent-to-serve.ts'
import { openChecked } from '../../src/torrents/seeder/checked-files.ts'
import { createSharedFiles } from '../../src/torrents/seeder/shared-file.ts'
import { countingReads } from '../../test/support/counting-reads.ts'

/** A version to be served. */
export interface ServingJob {
  readonly archivesDir: string
  readonly communityId: CommunityId
  readonly version: ArchiveVersion
  readonly check: FileCheck
}

/** What the torrent client does with the files of a version before it serves them. */
export interface CountedServing {
  /** Of `data` and the index. All of it is hashed, and nothing else. */
  readonly readBytes: number
  readonly tookMs: number
}

/** Checks a version as the torrent client does, and counts what that reads. */
export async function countServing({ archivesDir, communityId, version, check }: ServingJob): Promise<CountedServing> {
  let readBytes = 0
  const shared = countingReads(createSharedFiles(), (bytes) => (readBytes += bytes))
  const onStampFailed = (_infoHash: string, error: unknown): never => {
    throw new Error(`Cannot measure: ${String(error)}`)
  }
  const torrent = {
    ...filesOf({ communityId, isFetched: false, ...version }, archivesDir),
    trackers: [],
    trustedTrackers: [],
    check,
  }
  const startedAt = performance.now()
  const { files } = await openChecked({ shared, onStampFailed }, torrent)
  const tookMs = performance.now() - startedAt
  await files.close()
  return { readBytes, tookMs }
}
