import { lstat, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { CommunityId } from '../../domain/community-id.ts'
import { whenMissing } from '../../formats/when-missing.ts'

/** Ends the name of a community's folder that is being deleted: what is left of it is swept at the next start. */
export const PURGED = '.purged'

/** A file, by its path below the folder of all archives, with `/`. */
export interface ArchiveFile {
  readonly name: string
  readonly bytes: number
}

/** Names every file in a community's folder, also what a purge that broke off left of it. Sorted. */
export async function listCommunityFiles(
  archivesDir: string,
  communityId: CommunityId,
): Promise<readonly ArchiveFile[]> {
  const found = [...(await filesIn(archivesDir, communityId)), ...(await filesIn(archivesDir, communityId + PURGED))]
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/** Deletes one file, which is no folder. Throws what node:fs throws. */
export type DeleteFile = (path: string) => Promise<void>

/**
 * Deletes a community's folder with all that is in it.
 *
 * The folder gets another name at once, so that a run of the community, added again, begins in one of its own.
 *
 * @returns What node:fs threw for each path that could not be deleted; all else is gone. What is left is deleted by the
 *   next call, or swept at the next start.
 */
export async function purgeCommunityFiles(
  archivesDir: string,
  communityId: CommunityId,
  deleteFile: DeleteFile = unlink,
): Promise<readonly unknown[]> {
  const folder = join(archivesDir, communityId)
  const purged = folder + PURGED
  const failed: unknown[] = []
  await deletePath(purged, deleteFile, failed)
  // While something is left under that name, the folder cannot get it.
  if (failed.length > 0) return failed
  try {
    if (!(await exists(folder))) return failed
    await rename(folder, purged)
    await deletePath(purged, deleteFile, failed)
    await syncFolder(archivesDir)
  } catch (error) {
    failed.push(error)
  }
  return failed
}

/** Deletes all that can be: the one of node:fs stops at the first that cannot, and throws another error than that's. */
async function deletePath(path: string, deleteFile: DeleteFile, failed: unknown[]): Promise<void> {
  const failedBefore = failed.length
  try {
    const stats = await lstat(path).catch(whenMissing(null))
    if (stats === null) return
    if (!stats.isDirectory()) return await deleteFile(path)
    for (const name of await readdir(path)) await deletePath(join(path, name), deleteFile, failed)
    if (failed.length === failedBefore) await rmdir(path)
  } catch (error) {
    failed.push(error)
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, whenMissing(false))
}

async function filesIn(root: string, name: string): Promise<readonly ArchiveFile[]> {
  const entries = await readdir(join(root, name), { withFileTypes: true }).catch(whenMissing([]))
  const found = await Promise.all(
    entries.map(async (entry): Promise<readonly ArchiveFile[]> => {
      const path = posix.join(name, entry.name)
      if (entry.isDirectory()) return filesIn(root, path)
      const { size: bytes } = await lstat(join(root, path))
      return [{ name: path, bytes }]
    }),
  )
  return found.flat()
}
