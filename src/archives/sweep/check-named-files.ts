import { join } from 'node:path'
import { PIECE_BYTES } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { notedPieces, readHeldPieces } from '../../formats/held-pieces.ts'
import { dataPathOf, heldPathOf, indexPathOf, torrentPathOf } from '../archive-paths.ts'
import { nodeFileSteps } from '../file-steps.ts'
import type { ArchiveVersion } from '../packing/previous-version.ts'
import { readRecordedTorrent } from '../repair/recorded-files.ts'
import type { KnownVersions } from './reconcile-archive-files.ts'
import { notedGenerationsIn, surplusFilesIn } from './surplus-files.ts'

/** A file that is not what the log says. */
export interface NamedFileFault {
  readonly path: string
  /**
   * MISSING; TOO_SHORT: a `data` ends before what the log names; OTHER_LENGTH, of an index; OTHER_TORRENT: its info hash or
   * lengths are not those recorded; OTHER_HASH: bytes of `data` or of an index are not those recorded.
   */
  readonly code: 'MISSING' | 'TOO_SHORT' | 'OTHER_LENGTH' | 'OTHER_TORRENT' | 'OTHER_HASH'
}

/** A version as the log names it. */
export interface NamedVersion extends ArchiveVersion {
  readonly communityId: CommunityId
  readonly indexBytes: number
  readonly isFetched: boolean
}

/** Compares the files of a version with what the log says, by presence, lengths and the torrent file. Changes nothing. */
export async function checkNamedFiles(archivesDir: string, version: NamedVersion): Promise<readonly NamedFileFault[]> {
  const { communityId, infoHash, indexBytes } = version
  const faults = [...(await checkData(archivesDir, version))]
  const indexPath = indexPathOf(archivesDir, communityId, infoHash)
  const found = nodeFileSteps.sizeAt(indexPath)
  if (found !== indexBytes) faults.push({ path: indexPath, code: found === null ? 'MISSING' : 'OTHER_LENGTH' })
  if (readRecordedTorrent(nodeFileSteps, { archivesDir, communityId, version, pieceBytes: PIECE_BYTES }) === null) {
    const path = torrentPathOf(archivesDir, communityId, infoHash)
    faults.push({ path, code: nodeFileSteps.sizeAt(path) === null ? 'MISSING' : 'OTHER_TORRENT' })
  }
  return faults
}

/** Of what was fetched there is only as much as the note beside it says. */
async function checkData(
  archivesDir: string,
  { communityId, generation, dataBytes, isFetched }: NamedVersion,
): Promise<readonly NamedFileFault[]> {
  const path = dataPathOf(archivesDir, communityId, generation)
  const found = nodeFileSteps.sizeAt(path)
  if (!isFetched) return faultOfLength(path, found, dataBytes)
  const heldPath = heldPathOf(archivesDir, communityId, generation)
  if (nodeFileSteps.sizeAt(heldPath) === null) return [{ path: heldPath, code: 'MISSING' }]
  const heldBytes = notedPieces(await readHeldPieces(heldPath)) * PIECE_BYTES
  return heldBytes === 0 ? [] : faultOfLength(path, found, heldBytes)
}

function faultOfLength(path: string, found: number | null, neededBytes: number): readonly NamedFileFault[] {
  if (found === null) return [{ path, code: 'MISSING' }]
  return found < neededBytes ? [{ path, code: 'TOO_SHORT' }] : []
}

/**
 * Names what lies in the archives' folder and no event names: files and folders of runs and downloads that broke off or go
 * on, of communities that the log does not know, and whatever somebody put there.
 *
 * @returns Paths, sorted; of a `data` with bytes behind all that is recorded, its path too.
 */
export function unnamedFilesIn(archivesDir: string, known: readonly KnownVersions[]): readonly string[] {
  const list = nodeFileSteps.list
  const knownOf = new Map<string, KnownVersions>(known.map((each) => [each.communityId, each]))
  const found = list(archivesDir).flatMap(({ name, isFolder }) => {
    const folder = join(archivesDir, name)
    const kept = knownOf.get(name)
    if (!isFolder || kept === undefined) return [folder]
    const strange = list(folder).filter(({ name: own }) => !isNameOfOurs(own))
    const named = strange.map((entry) => join(folder, entry.name))
    return [...named, ...surplusFilesIn(folder, kept, list), ...longDataIn(folder, kept)]
  })
  return found.toSorted()
}

function isNameOfOurs(name: string): boolean {
  return /^(?:data\.\d+|held\.\d+(?:\.stamp(?:\.partial)?)?|[0-9a-f]{40})$/.test(name)
}

/** A `data` with a note is never cut: it is as long as the longest torrent that anything was fetched of. */
function longDataIn(folder: string, { versions }: KnownVersions): readonly string[] {
  const noted = notedGenerationsIn(nodeFileSteps.list(folder))
  const ofGenerations = Map.groupBy(versions, ({ generation }) => generation)
  return [...ofGenerations].flatMap(([generation, all]) => {
    const path = join(folder, `data.${generation}`)
    const recordedBytes = Math.max(...all.map(({ dataBytes }) => dataBytes))
    return !noted.has(String(generation)) && (nodeFileSteps.sizeAt(path) ?? 0) > recordedBytes ? [path] : []
  })
}
