import { dirname, join } from 'node:path'
import type { CommunityId } from '../../domain/community-id.ts'
import { nodeFileSteps, type FileSteps, type FolderEntry } from '../file-steps.ts'
import type { ArchiveVersion } from '../packing/previous-version.ts'
import { PURGED } from './purge-files.ts'
import { notedGenerationsIn, surplusFilesIn, type KeptVersions } from './surplus-files.ts'

/** A community that the log knows, and its versions, whose files are to be kept. */
export interface KnownVersions extends KeptVersions {
  readonly communityId: CommunityId
}

/** What could not be brought back to what the log names. */
export interface NotReconciled {
  readonly path: string
  /** What node:fs threw. */
  readonly cause: unknown
}

/** What was done, as paths. */
export interface Reconciled {
  /** `data` files that were longer than any event says. */
  readonly cut: readonly string[]
  readonly removed: readonly string[]
  /** What could not be listed, cut, removed or made durable. All else was done. */
  readonly failed: readonly NotReconciled[]
}

/** A sweep that goes on. */
interface Sweep {
  readonly files: FileSteps
  /** Says what came of the work; `otherwise` where it failed, which is noted and keeps nothing else from being done. */
  readonly attempt: <Value>(path: string, otherwise: Value, work: () => Value) => Value
}

/**
 * Brings the archives' folder back to what the log names: a run that broke off leaves more.
 *
 * Only for the process that holds the lock of the data directory, and before anything is packed.
 * It cuts `data` to the longest version of its generation, and removes versions, generations and
 * half-written files that no event names, and what a purge that broke off left behind. What was fetched and is
 * noted as held is never cut, and removed only when it is of no more use. What does not look
 * like any of these is left alone, and so is what is missing or too short: that is for seeding to find.
 *
 * The folder of a community that the log never heard of is none of a run's: each run comes after its
 * community's first event. Somebody put it there, or the log is not the one that goes with it.
 *
 * What fails is no reason not to serve the rest: no version has bytes behind its length, packing itself cuts or
 * replaces what it finds in its way, or fails, and the next start sweeps again.
 *
 * @param known Every community that the log knows, also one that was left, or has no version yet.
 */
export function reconcileArchiveFiles(
  archivesDir: string,
  known: readonly KnownVersions[],
  files: FileSteps = nodeFileSteps,
): Reconciled {
  const knownOf = new Map<string, KnownVersions>(known.map((each) => [each.communityId, each]))
  const failed: NotReconciled[] = []
  const sweep: Sweep = { files, attempt: createAttempt(failed) }
  const cut: string[] = []
  const removed: string[] = []
  for (const { name, isFolder } of listIn(sweep, archivesDir)) {
    const kept = knownOf.get(name)
    if (!isFolder || kept === undefined) continue
    const folder = join(archivesDir, name)
    const surplus = surplusFilesIn(folder, kept, (path) => listIn(sweep, path)).filter((path) => remove(sweep, path))
    removed.push(...surplus)
    cut.push(...cutDataFiles(sweep, folder, kept.versions))
    for (const changed of new Set(surplus.map((path) => dirname(path)))) syncFolder(sweep, changed)
  }
  removed.push(...removePurged(sweep, archivesDir, knownOf))
  return { cut, removed, failed }
}

function createAttempt(failed: NotReconciled[]): Sweep['attempt'] {
  return (path, otherwise, work) => {
    try {
      return work()
    } catch (cause) {
      failed.push({ path, cause })
      return otherwise
    }
  }
}

function listIn({ files, attempt }: Sweep, folder: string): readonly FolderEntry[] {
  return attempt(folder, [], () => files.list(folder))
}

/** Says whether it is gone. */
function remove({ files, attempt }: Sweep, path: string): boolean {
  return attempt(path, false, () => {
    files.remove(path)
    return true
  })
}

function syncFolder({ files, attempt }: Sweep, folder: string): void {
  attempt(folder, undefined, () => files.syncFolder(folder))
}

/** Removes what is left of communities that were purged, and the folders that nothing is in any more. */
function removePurged(sweep: Sweep, archivesDir: string, known: ReadonlyMap<string, KeptVersions>): readonly string[] {
  const { files, attempt } = sweep
  const isEmpty = (folder: string): boolean => attempt(folder, false, () => files.list(folder).length === 0)
  const isOver = (name: string): boolean => {
    if (name.endsWith(PURGED)) return known.has(name.slice(0, -PURGED.length))
    return known.get(name)?.versions.length === 0 && isEmpty(join(archivesDir, name))
  }
  const folders = listIn(sweep, archivesDir).filter(({ name, isFolder }) => isFolder && isOver(name))
  const paths = folders.map(({ name }) => join(archivesDir, name)).filter((path) => remove(sweep, path))
  if (paths.length > 0) syncFolder(sweep, archivesDir)
  return paths
}

function cutDataFiles(sweep: Sweep, folder: string, versions: readonly ArchiveVersion[]): readonly string[] {
  if (versions.length === 0) return []
  const { files, attempt } = sweep
  const noted = notedGenerationsIn(listIn(sweep, folder))
  const lengths = new Map<string, number>()
  for (const { generation, dataBytes } of versions.filter((each) => !noted.has(String(each.generation)))) {
    const path = join(folder, `data.${generation}`)
    lengths.set(path, Math.max(lengths.get(path) ?? 0, dataBytes))
  }
  const cut = [...lengths].filter(([path, bytes]) => attempt(path, false, () => cutToLength(files, path, bytes)))
  return cut.map(([path]) => path)
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
