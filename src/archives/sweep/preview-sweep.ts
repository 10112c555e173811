import { join } from 'node:path'
import { nodeFileSteps } from '../file-steps.ts'
import { reconcileArchiveFiles, type KnownVersions } from './reconcile-archive-files.ts'

const NOTHING_CHANGES = {
  ...nodeFileSteps,
  cut: () => undefined,
  remove: () => undefined,
  sync: () => undefined,
  syncFolder: () => undefined,
}

/**
 * Names what a sweep would cut or remove, what it cannot look at, and the folders that are of no community in the log. It
 * changes nothing.
 *
 * @param known Every community that the log knows.
 * @returns Paths.
 */
export function previewSweep(archivesDir: string, known: readonly KnownVersions[]): readonly string[] {
  const { cut, removed, failed } = reconcileArchiveFiles(archivesDir, known, NOTHING_CHANGES)
  const touched = [...cut, ...removed, ...failed.map(({ path }) => path)]
  if (touched.includes(archivesDir)) return touched
  const names = new Set<string>(known.map(({ communityId }) => communityId))
  const unknown = nodeFileSteps.list(archivesDir).map(({ name }) => ({ name, path: join(archivesDir, name) }))
  return [
    ...touched,
    ...unknown.filter(({ name, path }) => !names.has(name) && !touched.includes(path)).map(({ path }) => path),
  ]
}
