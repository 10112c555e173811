import { join } from 'node:path'
import type { InfoHash } from '../../domain/info-hash.ts'
import { parseInfoHash } from '../../domain/info-hash.ts'
import { PARTIAL } from '../../formats/partial-file.ts'
import type { FolderEntry } from '../file-steps.ts'
import type { ArchiveVersion } from '../packing/previous-version.ts'

/** What was fetched of a community from others, as far as it is still of use. Its generations have a note of what is held. */
export interface FetchedFiles {
  /** The versions whose folders are needed. */
  readonly infoHashes: ReadonlySet<InfoHash>
  /** The generations of `data` that are needed, besides the newest there is. */
  readonly generations: ReadonlySet<number>
  /** Whether something is still to be fetched: any generation may have pieces of it, which are not fetched twice. */
  readonly isUnderWay: boolean
}

/** The versions of a community whose files are kept. */
export interface KeptVersions {
  /** Those that runs packed. */
  readonly versions: readonly ArchiveVersion[]
  /** Null where nothing was fetched. */
  readonly fetched?: FetchedFiles | null
}

/**
 * Names what lies in a community's folder and is of no use: versions, generations and half-written files.
 *
 * @param list Lists what is in a folder.
 * @returns Paths. What looks like none of these is nobody's concern.
 */
export function surplusFilesIn(
  folder: string,
  kept: KeptVersions,
  list: (folder: string) => readonly FolderEntry[],
): readonly string[] {
  const entries = list(folder)
  const isGenerationKept = generationsKept(entries, kept)
  const { versions, fetched } = kept
  const infoHashes = new Set<string>([...versions.map(({ infoHash }) => infoHash), ...(fetched?.infoHashes ?? [])])
  return entries.flatMap(({ name, isFolder }) => {
    const path = join(folder, name)
    if (!isFolder) return isGenerationFile(name) && !isGenerationKept(name) ? [path] : []
    if (infoHashes.has(name)) return partialFilesIn(path, list)
    return isInfoHash(name) ? [path] : []
  })
}

/**
 * Names the same of the generations that pieces were noted down of alone: `data`, note and stamp. While the node runs, all
 * else may be of a run that has not recorded it yet.
 *
 * @param entries What is in the community's folder.
 */
export function surplusGenerationsIn(entries: readonly FolderEntry[], kept: KeptVersions): readonly string[] {
  const noted = notedGenerationsIn(entries)
  const isGenerationKept = generationsKept(entries, kept)
  const files = entries.filter(({ name, isFolder }) => !isFolder && isGenerationFile(name))
  return files.map(({ name }) => name).filter((name) => noted.has(generationOf(name)) && !isGenerationKept(name))
}

/** The generations that pieces were noted down of: their `data` has holes, and is never cut. */
export function notedGenerationsIn(entries: readonly FolderEntry[]): ReadonlySet<string> {
  const notes = entries.filter(({ name, isFolder }) => !isFolder && /^held\.[0-9]+$/.test(name))
  return new Set(notes.map(({ name }) => generationOf(name)))
}

/** A `data`, its note and the stamp of both are kept, or removed, together. */
function generationsKept(
  entries: readonly FolderEntry[],
  { versions, fetched }: KeptVersions,
): (name: string) => boolean {
  const kept = new Set([...versions.map(({ generation }) => generation), ...(fetched?.generations ?? [])].map(String))
  const noted = fetched ? [...notedGenerationsIn(entries)] : []
  // Where a download was given up, the newest has what it fetched.
  const newest = noted.reduce((highest, generation) => Math.max(highest, Number(generation)), 0)
  const also = new Set(noted.filter((generation) => fetched?.isUnderWay === true || Number(generation) === newest))
  return (name) => kept.has(generationOf(name)) || also.has(generationOf(name))
}

function isGenerationFile(name: string): boolean {
  return /^(?:data\.[0-9]+|held\.[0-9]+(?:\.stamp(?:\.partial)?)?)$/.test(name)
}

function generationOf(name: string): string {
  return name.split('.')[1] ?? ''
}

function partialFilesIn(folder: string, list: (folder: string) => readonly FolderEntry[]): readonly string[] {
  const names = list(folder).map(({ name }) => name)
  return names.filter((name) => name.endsWith(PARTIAL)).map((name) => join(folder, name))
}

function isInfoHash(name: string): boolean {
  const parsed = parseInfoHash(name)
  return parsed.ok && parsed.value === name
}
