/** What the system says of a file, in bytes and in nanoseconds since 1970. A `BigIntStats` of node:fs is one. */
export interface FileStats {
  readonly size: bigint
  /** When its bytes changed, which any program can set. */
  readonly mtimeNs: bigint
  /** When anything of it changed, which only the system sets. */
  readonly ctimeNs: bigint
  readonly ino: bigint
  readonly dev: bigint
}

/** The same of the three files of a version, asked of the very descriptors that are read. */
export interface VersionStats {
  readonly data: FileStats
  readonly index: FileStats
  readonly torrent: FileStats
}

/**
 * Says how the files of a version are, all of which was hashed, so that one which was written or exchanged since says
 * something else.
 *
 * The time of change is what tells: unlike that of modification no program can set it back.
 *
 * @param dataBytes How much of `data` is the version's.
 */
export function wholeStampOf({ data, index, torrent }: VersionStats, dataBytes: number): string {
  return lineOf('data', data) + lineOf('index', index) + lineOf('torrent', torrent) + checkedLineOf(dataBytes)
}

/**
 * Says how the files of a version are of which not all is held, and what is was hashed. It is none of the other kinds: where
 * all of the version should be there, it says nothing.
 */
export function heldStampOf(stats: VersionStats, dataBytes: number): string {
  return `${wholeStampOf(stats, dataBytes)}held\n`
}

/**
 * Says how a `data` is that was appended to, of which the first bytes were hashed before. Of the index and the torrent
 * file, which are new, it says nothing.
 */
export function dataStampOf(data: FileStats, checkedBytes: number): string {
  return lineOf('data', data) + checkedLineOf(checkedBytes)
}

/**
 * How many of the first bytes of `data` are as they were when they were hashed, as far as a stamp of either kind says.
 *
 * @returns 0 where `data` changed since, and where the stamp is cut short or none.
 */
export function checkedBytesOf(stamp: string, data: FileStats): number {
  const [, dataLine, checked] = /^(data .*\n)(?:index .*\ntorrent .*\n)?checked=(\d+)\n$/.exec(stamp) ?? []
  return dataLine === lineOf('data', data) ? Number(checked) : 0
}

/** What the system says of a `data` that may have holes, and of the note of what is held of it. */
export interface NotedStats {
  readonly data: FileStats
  readonly held: FileStats
}

/**
 * Says how a `data` with holes and its note are, where the note is true of its first bytes: what it names there was hashed,
 * or was verified and written, and nothing else happened to either file since. It goes with the generation, and not with
 * one of its versions.
 */
export function noteStampOf({ data, held }: NotedStats, checkedBytes: number): string {
  return lineOf('data', data) + lineOf('held', held) + checkedLineOf(checkedBytes)
}

/** Of how many of the first bytes the note is true, as far as such a stamp says. @returns 0 where either file changed since. */
export function notedBytesOf(stamp: string, stats: NotedStats): number {
  const checkedBytes = Number(/checked=(\d+)\n$/.exec(stamp)?.[1] ?? 0)
  return stamp === noteStampOf(stats, checkedBytes) ? checkedBytes : 0
}

/** Whether nothing happened to a file between two looks, as far as the system tells. */
export function isUnchanged(before: FileStats, now: FileStats): boolean {
  return lineOf('', before) === lineOf('', now)
}

/** Whether the time of change is one of a system that keeps whole seconds, within which it tells nothing apart. */
export function isWholeSecond({ ctimeNs }: FileStats): boolean {
  return ctimeNs % 1_000_000_000n === 0n
}

function lineOf(name: string, { size, mtimeNs, ctimeNs, ino, dev }: FileStats): string {
  return `${name} size=${size} mtimeNs=${mtimeNs} ctimeNs=${ctimeNs} ino=${ino} dev=${dev}\n`
}

function checkedLineOf(checkedBytes: number): string {
  return `checked=${checkedBytes}\n`
}
