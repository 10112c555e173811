import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { pathsOf, type RecordedHistory } from './recorded-history.ts'

/** Something that happens to the files of a version on a real disk. */
export interface FileDamage {
  readonly kind: 'FLIP' | 'CUT' | 'REMOVE' | 'FOLDER_INSTEAD' | 'LOOP_INSTEAD' | 'FILE_INSTEAD'
  readonly version: keyof RecordedHistory
  readonly path: 'data' | 'index' | 'torrent' | 'folder' | 'community'
  /** Where in the file, as a part of it, 1 excluded. */
  readonly at: number
}

const FILES = ['data', 'index', 'torrent'] as const

/** All that can happen to files, in any place of them. */
export const arbitraryFileDamage: fc.Arbitrary<FileDamage> = fc.record({
  kind: fc.constantFrom('FLIP', 'FLIP', 'CUT', 'REMOVE', 'FOLDER_INSTEAD', 'LOOP_INSTEAD'),
  version: fc.constantFrom('first', 'second'),
  path: fc.constantFrom(...FILES, 'data', 'data', 'folder', 'community'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

/** Each kind of damage to each file of the second version, and to its folders. */
export const EVERY_DAMAGE: readonly FileDamage[] = [
  ...FILES.flatMap((path) =>
    (['FLIP', 'CUT', 'REMOVE', 'FOLDER_INSTEAD', 'LOOP_INSTEAD'] as const).map((kind) => ({ kind, path }) as const),
  ),
  { kind: 'REMOVE', path: 'folder' } as const,
  { kind: 'FILE_INSTEAD', path: 'folder' } as const,
  { kind: 'REMOVE', path: 'community' } as const,
].map((damage) => ({ ...damage, version: 'second', at: 0.5 }))

/** Lets it happen, to what an earlier damage left. */
export function damageFiles(history: RecordedHistory, { kind, version, path, at }: FileDamage): void {
  const real = pathsOf(history[version])[path]
  const stats = statSync(dirname(real), { throwIfNoEntry: false }) && lstatSync(real, { throwIfNoEntry: false })
  if (kind === 'FLIP' || kind === 'CUT') {
    if (stats?.isFile() !== true || stats.size === 0) return
    const offset = Math.floor(at * stats.size)
    if (kind === 'CUT') truncateSync(real, offset)
    else flipByte(real, path === 'torrent' ? infoOffset(real, at) : offset)
    return
  }
  rmSync(real, { recursive: true, force: true })
  if (kind === 'FILE_INSTEAD') writeFileSync(real, 'no folder')
  if (path === 'folder' || path === 'community') return
  if (kind === 'FOLDER_INSTEAD') mkdirSync(join(real, 'with', 'content'), { recursive: true })
  if (kind === 'LOOP_INSTEAD') {
    mkdirSync(dirname(real), { recursive: true })
    symlinkSync(real, real)
  }
}

/** Changes one bit. */
export function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

/** Makes a file longer than it was. */
export function lengthen(path: string): void {
  appendFileSync(path, 'more')
}

/** What lies outside of the info dictionary, as the trackers do, is not what the info hash vouches for. */
function infoOffset(path: string, at: number): number {
  const bytes = readFileSync(path)
  const start = Math.max(0, bytes.indexOf('4:info') + '4:info'.length)
  return start + Math.floor(at * (bytes.length - 1 - start))
}
