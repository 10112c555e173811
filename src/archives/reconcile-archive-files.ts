import { dirname, join } from 'node:path'
import type { CommunityId } from '../domain/community-id.ts'
import { parseInfoHash } from '../domain/info-hash.ts'
import { PARTIAL } from '../formats/partial-file.ts'
import { nodeFileSteps, type FileSteps } from './file-steps.ts'
import type { ArchiveVersion } from './previous-version.ts'
import { PURGED } from './purge-files.ts'

/** A community that the log knows, and its versions, whose files are to be kept. */
export interface KnownVersions {
  readonly communityId: CommunityId
  readonly versions: readonly ArchiveVersion[]
}

/** What was done, as paths. */
export interface Reconciled {
  /** `data` files that were longer than any event says. */
  readonly cut: readonly string[]
  readonly removed: readonly string[]
}

/**
 * Brings the archives' folder back to what the log names: a run that broke off leaves more.
 *
 * Only for the process that holds the lock of the data directory, and before anything is packed.
 * It cuts `data` to the longest version of its generation, and removes versions, generations and
 * half-written files that no event names, and what a purge that broke off left behind. What does not look
 * like any of these is left alone, and so is what is missing or too short: that is for seeding to find.
 *
 * The folder of a community that the log never heard of is none of a run's: each run comes after its
 * community's first event. Somebody put it there, or the log is not the one that goes with it.
 *
 * @param known Every community that the log knows, also one that was left, or has no version yet.
 * @throws What node:fs throws, when a file cannot be listed, cut or removed.
 */
export function reconcileArchiveFiles(
  archivesDir: string,
  known: readonly KnownVersions[],
  files: FileSteps = nodeFileSteps,
): Reconciled {
  const versionsOf = new Map<string, readonly ArchiveVersion[]>(
    known.map(({ communityId, versions }) => [communityId, versions]),
  )
  const cut: string[] = []
  const removed: string[] = []
  for (const { name, isFolder } of files.list(archivesDir)) {
    const versions = versionsOf.get(name)
    if (!isFolder || versions === undefined) continue
    const folder = join(archivesDir, name)
    const surplus = surplusIn(files, folder, versions)
    for (const path of surplus) files.remove(path)
    removed.push(...surplus)
    cut.push(...cutDataFiles(files, folder, versions))
    for (const changed of new Set(surplus.map((path) => dirname(path)))) files.syncFolder(changed)
  }
  return { cut, removed: [...removed, ...removePurged(files, archivesDir, versionsOf)] }
}

/** Removes what is left of communities that were purged, and the folders that nothing is in any more. */
function removePurged(
  files: FileSteps,
  archivesDir: string,
  known: ReadonlyMap<string, readonly unknown[]>,
): readonly string[] {
  const isOver = (name: string): boolean => {
    if (name.endsWith(PURGED)) return known.has(name.slice(0, -PURGED.length))
    return known.get(name)?.length === 0 && files.list(join(archivesDir, name)).length === 0
  }
  const folders = files.list(archivesDir).filter(({ name, isFolder }) => isFolder && isOver(name))
  const paths = folders.map(({ name }) => join(archivesDir, name))
  for (const path of paths) files.remove(path)
  if (paths.length > 0) files.syncFolder(archivesDir)
  return paths
}

/** The paths in a community's folder that no version needs. */
function surplusIn(files: FileSteps, folder: string, versions: readonly ArchiveVersion[]): readonly string[] {
  const generations = new Set(versions.map(({ generation }) => `data.${generation}`))
  const infoHashes = new Set<string>(versions.map(({ infoHash }) => infoHash))
  return files.list(folder).flatMap(({ name, isFolder }) => {
    const path = join(folder, name)
    if (!isFolder) return /^data\.[0-9]+$/.test(name) && !generations.has(name) ? [path] : []
    if (infoHashes.has(name)) return partialFilesIn(files, path)
    return isInfoHash(name) ? [path] : []
  })
}

function partialFilesIn(files: FileSteps, folder: string): readonly string[] {
  const names = files.list(folder).map(({ name }) => name)
  return names.filter((name) => name.endsWith(PARTIAL)).map((name) => join(folder, name))
}

function cutDataFiles(files: FileSteps, folder: string, versions: readonly ArchiveVersion[]): readonly string[] {
  const lengths = new Map<string, number>()
  for (const { generation, dataBytes } of versions) {
    const path = join(folder, `data.${generation}`)
    lengths.set(path, Math.max(lengths.get(path) ?? 0, dataBytes))
  }
  return [...lengths].filter(([path, bytes]) => cutToLength(files, path, bytes)).map(([path]) => path)
}

/** Cuts the file if it is longer, and says whether it was. Others are not opened: that could wait for ever. */
function cutToLength(files: FileSteps, path: string, bytes: number): boolean {
  if ((files.sizeAt(path) ?? 0) <= bytes) return false
  const file = files.openToAppend(path, 'FAIL')
  try {
    files.cut(file, bytes)
    files.sync(file)
    return true
  } finally {
    files.close(file)
  }
}

function isInfoHash(name: string): boolean {
  const parsed = parseInfoHash(name)
  return parsed.ok && parsed.value === name
}
