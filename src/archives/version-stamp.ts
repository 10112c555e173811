import { dirname } from 'node:path'
import type { CommunityId } from '../domain/community-id.ts'
import { parseInfoHash } from '../domain/info-hash.ts'
import { checkedBytesOf, type FileStats } from '../formats/check-stamp.ts'
import { communityFolderOf, stampPathOf } from './archive-paths.ts'
import { readSmallFile, type FileSteps } from './file-steps.ts'
import { failureCodeOf } from './packing/packing-failure.ts'
import type { ArchiveVersion } from './packing/previous-version.ts'
import { readUnlessDamaged } from './repair/recorded-files.ts'

/** A stamp has three lines of five numbers with at most 20 digits each. */
const MAX_STAMP_BYTES = 1_024

/**
 * How many of the first bytes of `data` are as they were when they were hashed and found good.
 *
 * @param data What the system says of it now.
 * @returns 0 where the version has no stamp, or none that can be read.
 */
export function readCheckedBytes(
  files: FileSteps,
  archivesDir: string,
  communityId: CommunityId,
  { infoHash, dataBytes }: ArchiveVersion,
  data: FileStats,
): number {
  const path = stampPathOf(archivesDir, communityId, infoHash)
  if (files.sizeAt(path) === null) return 0
  const bytes = readUnlessDamaged(() => readSmallFile(files, path, MAX_STAMP_BYTES))
  const checkedBytes = bytes === null ? 0 : checkedBytesOf(Buffer.from(bytes).toString('utf8'), data)
  return checkedBytes <= dataBytes ? checkedBytes : 0
}

/**
 * Takes the stamp of a version away: what is damaged, or about to be mended, is hashed as a whole before it is served
 * again, and so is what is packed behind it. A bad disk changes the bytes and nothing that a stamp tells.
 *
 * Where that is not allowed nothing can be packed either, so the stamp stays without harm.
 *
 * @returns Whether there was one, and is none now.
 */
export function removeVersionStamp(files: FileSteps, { archivesDir, communityId, version }: RecordedPlace): boolean {
  const path = stampPathOf(archivesDir, communityId, version.infoHash)
  if (files.sizeAt(path) === null) return false
  try {
    removeStamp(files, path)
    return true
  } catch (error) {
    if (failureCodeOf(error) !== 'ACCESS_DENIED') throw error
    return false
  }
}

/**
 * Takes the stamps of all versions of a community away: they share the bytes of `data` that were found bad. Those of
 * another generation do not, and are hashed once more for it: their folders do not tell them apart.
 *
 * A run that packs meanwhile carries a stamp on, and looks for the one before once it has. So it goes on until a look
 * finds none: a stamp that is written after that look is taken away by the run itself.
 */
export function removeCommunityStamps(files: FileSteps, { archivesDir, communityId }: CommunityPlace): void {
  const folder = communityFolderOf(archivesDir, communityId)
  let isRemoved: boolean
  do {
    isRemoved = false
    for (const { name } of readUnlessDamaged(() => files.list(folder)) ?? []) {
      const infoHash = parseInfoHash(name)
      if (!infoHash.ok) continue
      const version = { infoHash: infoHash.value }
      if (removeVersionStamp(files, { archivesDir, communityId, version })) isRemoved = true
    }
  } while (isRemoved)
}

/** Removes a stamp, whether it is there or not, so that it stays away. Throws what node:fs throws. */
export function removeStamp(files: FileSteps, path: string): void {
  files.remove(path)
  files.syncFolder(dirname(path))
}

interface CommunityPlace {
  readonly archivesDir: string
  readonly communityId: CommunityId
}

interface RecordedPlace extends CommunityPlace {
  readonly version: Pick<ArchiveVersion, 'infoHash'>
}
