import { lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { CommunityId } from '../domain/community-id.ts'

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

/**
 * Deletes a community's folder with all that is in it.
 *
 * The folder gets another name at once, so that a run of the community, added again, begins in one of its own.
 *
 * @throws What node:fs throws. What is left then is deleted by the next call, or swept at the next start.
 */
export async function purgeCommunityFiles(archivesDir: string, communityId: CommunityId): Promise<void> {
  const folder = join(archivesDir, communityId)
  const purged = folder + PURGED
  if (await exists(purged)) await rm(purged, { recursive: true, force: true })
  if (!(await exists(folder))) return
  await rename(folder, purged)
  await rm(purged, { recursive: true, force: true })
  const parent = await open(archivesDir, 'r')
  try {
    await parent.sync()
  } finally {
    await parent.close()
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

function whenMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value
    throw error
  }
}
