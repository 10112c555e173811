import type { Kysely } from 'kysely'
import { checkArchiveHash, checkPieces, type HashedArchive } from '../../archives/sweep/check-named-bytes.ts'
import { checkNamedFiles, unnamedFilesIn, type NamedFileFault } from '../../archives/sweep/check-named-files.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readSeeding } from '../../projections/read-seeding.ts'
import { readVersions, type AnyVersionRow } from '../../projections/versions.ts'
import { readKnownVersions } from '../known-versions.ts'

/** By what files are compared: LENGTH, or HASH, which reads all that is here of archives and indexes. */
export type FilesDepth = 'LENGTH' | 'HASH'

export interface CheckedFiles {
  /** How many versions were looked at. */
  readonly versions: number
  /** How many archives that were packed here were hashed; of what was fetched, the pieces are. */
  readonly archives: number
  readonly faults: readonly NamedFileFault[]
  /** What no event names: no fault, as a run that goes on leaves some too. Paths. */
  readonly unnamed: readonly string[]
}

/**
 * Compares the files of archives with what the log says.
 *
 * Looks at the versions that have a part in the rollover of their community, and the newest: what is left of one that was
 * replaced is nobody's concern.
 *
 * @param db Read models made from the log as it is.
 */
export async function checkFiles(
  db: Kysely<ReadModels>,
  archivesDir: string,
  depth: FilesDepth,
): Promise<CheckedFiles> {
  const versions = await readCheckedVersions(db)
  const faults: NamedFileFault[] = []
  if (depth === 'HASH') for (const version of versions) faults.push(...(await checkPieces(archivesDir, version)))
  const hashed = depth === 'HASH' ? await readHashedArchives(db) : []
  for (const archive of hashed) {
    const fault = await checkArchiveHash(archivesDir, archive)
    if (fault !== null) faults.push(fault)
  }
  // Last: what is swept while others are hashed is then missing, and looked at again as the log has moved on.
  for (const version of versions) faults.push(...(await checkNamedFiles(archivesDir, version)))
  const unnamed = unnamedFilesIn(archivesDir, await readKnownVersions(db))
  // Versions of a generation share a file, whose fault is one.
  const distinct = [...new Map(faults.map((fault) => [fault.path, fault])).values()]
  return { versions: versions.length, archives: hashed.length, faults: distinct, unnamed }
}

async function readCheckedVersions(db: Kysely<ReadModels>): Promise<readonly AnyVersionRow[]> {
  const kept = new Set(
    (await readSeeding(db)).filter(({ role }) => role !== 'REPLACED').map(({ infoHash }) => infoHash),
  )
  const all = await readVersions(db)
  // In the order in which they were made: the last of each community is the newest.
  const newest = new Map(all.map((version) => [version.communityId, version]))
  return all.filter((version) => kept.has(version.infoHash) || newest.get(version.communityId) === version)
}

async function readHashedArchives(db: Kysely<ReadModels>): Promise<readonly HashedArchive[]> {
  const rows = await db
    .selectFrom('archives')
    .select([
      'community_id as communityId',
      'generation',
      'offset',
      'raw_bytes as rawBytes',
      'padding_bytes as paddingBytes',
      'sha256',
      'import_state as importState',
    ])
    .where('sha256', 'is not', null)
    .orderBy('community_id')
    .orderBy('offset')
    .$narrowType<{ sha256: string }>()
    .execute()
  return rows.map(({ importState, ...archive }) => ({ ...archive, isFetched: importState !== null }))
}
