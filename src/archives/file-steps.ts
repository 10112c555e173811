import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import type { FileStats } from '../formats/check-stamp.ts'

/** What lies in a folder. */
export interface FolderEntry {
  readonly name: string
  readonly isFolder: boolean
}

/**
 * Every step on the file system that packing, sweeping, checking and mending take, and no other.
 *
 * Synchronous, because packing has a thread of its own. A test records the steps, or has one fail.
 * All of them throw what node:fs throws.
 */
export interface FileSteps {
  /** Makes the folder and those above it, where they are missing. */
  makeFolder(path: string): void
  /** Makes the file, or empties it. */
  create(path: string): number
  /** Opens a file so that it can be cut, and written at its end alone. */
  openToAppend(path: string, whenMissing: 'CREATE' | 'FAIL'): number
  openToRead(path: string): number
  /** Opens a file so that it can be read, and written in place; makes it where it is missing. */
  openToMend(path: string): number
  sizeOf(file: number): number
  statsOf(file: number): FileStats
  /** The size of a regular file, which is not opened for it; null where there is none, or something else. */
  sizeAt(path: string): number | null
  /** Reads up to `bytes.length` bytes from `position`; 0 at the end. */
  read(file: number, bytes: Uint8Array, position: number): number
  /** Writes at the end; may write less than all, and says how much. */
  write(file: number, bytes: Uint8Array): number
  /** Writes from `position` on, in a file that was opened to be mended; may write less than all, and says how much. */
  writeAt(file: number, bytes: Uint8Array, position: number): number
  cut(file: number, bytes: number): void
  sync(file: number): void
  close(file: number): void
  rename(from: string, to: string): void
  /** Makes what was created, renamed and removed in the folder durable. */
  syncFolder(path: string): void
  /** What is in the folder; nothing where it does not exist. */
  list(path: string): readonly FolderEntry[]
  /** Removes the file, or the folder with all that is in it, if it exists. */
  remove(path: string): void
}

const APPEND_EXISTING = constants.O_WRONLY | constants.O_APPEND
const READ_AND_WRITE = constants.O_RDWR | constants.O_CREAT

/** The steps as node:fs takes them. */
export const nodeFileSteps: FileSteps = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  create: (path) => openSync(path, 'w'),
  // O_APPEND: wherever a bug may aim, the system writes at the end.
  openToAppend: (path, whenMissing) => openSync(path, whenMissing === 'CREATE' ? 'a' : APPEND_EXISTING),
  openToRead: (path) => openSync(path, 'r'),
  openToMend: (path) => openSync(path, READ_AND_WRITE),
  sizeOf: (file) => fstatSync(file).size,
  statsOf: (file) => fstatSync(file, { bigint: true }),
  sizeAt: (path) => sizeAt(path),
  read: (file, bytes, position) => readSync(file, bytes, 0, bytes.length, position),
  write: (file, bytes) => writeSync(file, bytes),
  writeAt: (file, bytes, position) => writeSync(file, bytes, 0, bytes.length, position),
  cut: ftruncateSync,
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  syncFolder(path) {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  },
  list: (path) => listFolder(path),
  remove: (path) => rmSync(path, { recursive: true, force: true }),
}

/** Writes all of `bytes`, in as many steps as the system wants. */
export function writeAll(files: Pick<FileSteps, 'write'>, file: number, bytes: Uint8Array): void {
  writeInSteps(bytes, (rest) => files.write(file, rest))
}

/** Writes all of `bytes` from `position` on, in as many steps as the system wants. */
export function writeAllAt(files: FileSteps, file: number, bytes: Uint8Array, position: number): void {
  writeInSteps(bytes, (rest) => files.writeAt(file, rest, position + bytes.length - rest.length))
}

function writeInSteps(bytes: Uint8Array, write: (rest: Uint8Array) => number): void {
  let rest = bytes
  while (rest.length > 0) {
    const written = write(rest)
    if (written === 0) throw new Error(`Cannot write: the system took none of ${rest.length} bytes`)
    rest = rest.subarray(written)
  }
}

/** Fills `bytes` from `position` on, as far as the file goes: one read may give less. Says how many there were. */
export function readInto(files: FileSteps, file: number, bytes: Uint8Array, position: number): number {
  let filled = 0
  while (filled < bytes.length) {
    const read = files.read(file, bytes.subarray(filled), position + filled)
    if (read === 0) break
    filled += read
  }
  return filled
}

/**
 * Reads a small file whole.
 *
 * @param maxBytes A longer file is not read.
 * @returns Its bytes; null when it is longer, or shrinks while it is read.
 */
export function readSmallFile(files: FileSteps, path: string, maxBytes: number): Uint8Array | null {
  const file = files.openToRead(path)
  try {
    const size = files.sizeOf(file)
    if (size > maxBytes) return null
    const bytes = new Uint8Array(size)
    return readInto(files, file, bytes, 0) === size ? bytes : null
  } finally {
    files.close(file)
  }
}

function sizeAt(path: string): number | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats?.isFile() ? stats.size : null
  } catch (error) {
    // A link that leads to itself is there, and leads to no file.
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') return null
    throw error
  }
}

function listFolder(path: string): readonly FolderEntry[] {
  try {
    return readdirSync(path, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
