import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { communityFolderOf } from '../../archives/archive-paths.ts'
import type { FolderEntry } from '../../archives/file-steps.ts'
import type { NotReconciled } from '../../archives/sweep/reconcile-archive-files.ts'
import { notedGenerationsIn, surplusGenerationsIn } from '../../archives/sweep/surplus-files.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import { readFetchedFiles } from '../../projections/read-fetched-files.ts'
import { readCommunityVersions } from '../../projections/versions.ts'
import type { Stores } from '../stores.ts'

export interface SweepGenerationsPorts {
  readonly archivesDir: string
  readonly db: Stores['db']
  /** Does the work while nobody else works with the community's files. */
  readonly alone: (communityId: CommunityId, work: () => Promise<void>) => Promise<void>
  /** Is told of what was removed, if anything was. */
  readonly onSwept: (swept: { readonly removed: readonly string[] }) => void
  /** Is told of each file that should have been removed, and was not. */
  readonly onUnswept: (unswept: NotReconciled) => void
}

/** Files of a community that are of no more use, as paths. */
interface Surplus {
  readonly communityId: CommunityId
  readonly paths: readonly string[]
}

/**
 * Removes the generations of `data` that were fetched and that nothing needs any more. A publisher who contradicts himself
 * makes the node begin new ones, and each can be as large as the quota.
 *
 * It leaves alone what no pieces were noted of, as a run may be packing it, and what cannot be removed: both are dealt
 * with at the next start.
 *
 * @throws When files cannot be listed, or the read models not be read.
 */
export async function sweepGenerations(ports: SweepGenerationsPorts): Promise<void> {
  const found = await readSurplus(ports)
  await Promise.all(
    found.map(async ({ communityId }) =>
      ports.alone(communityId, async () => {
        // Who worked with the files until now may need them by now.
        const surplus = (await readSurplus(ports)).find((each) => each.communityId === communityId)
        if (surplus !== undefined) await removeAll(surplus.paths, ports)
      }),
    ),
  )
}

/** It asks the disk first, as hardly any community ever has a second generation. */
async function readSurplus({ archivesDir, db }: SweepGenerationsPorts): Promise<readonly Surplus[]> {
  const crowded = await readCrowded(archivesDir)
  if (crowded.size === 0) return []
  const fetched = (await readFetchedFiles(db)).filter(({ communityId }) => crowded.has(communityId))
  const surplus = fetched.map(async (files): Promise<Surplus> => {
    const { communityId } = files
    const versions = (await readCommunityVersions(db, communityId)).filter(({ isFetched }) => !isFetched)
    const names = surplusGenerationsIn(crowded.get(communityId) ?? [], { versions, fetched: files })
    return { communityId, paths: names.map((name) => join(communityFolderOf(archivesDir, communityId), name)) }
  })
  return (await Promise.all(surplus)).filter(({ paths }) => paths.length > 0)
}

/** What is in the folders that have several generations of which pieces were noted, by the folders' names. */
async function readCrowded(archivesDir: string): Promise<ReadonlyMap<string, readonly FolderEntry[]>> {
  const crowded = new Map<string, readonly FolderEntry[]>()
  for (const { name, isFolder } of await listFolder(archivesDir)) {
    const entries = isFolder ? await listFolder(join(archivesDir, name)) : []
    if (notedGenerationsIn(entries).size > 1) crowded.set(name, entries)
  }
  return crowded
}

async function listFolder(path: string): Promise<readonly FolderEntry[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(whenMissing([]))
  return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
}

async function removeAll(paths: readonly string[], { onSwept, onUnswept }: SweepGenerationsPorts): Promise<void> {
  const removed: string[] = []
  for (const path of paths) {
    try {
      await unlink(path)
      removed.push(path)
    } catch (cause) {
      onUnswept({ path, cause })
    }
  }
  if (removed.length > 0) onSwept({ removed })
}
