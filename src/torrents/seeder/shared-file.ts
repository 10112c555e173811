import { open, type FileHandle } from 'node:fs/promises'
import type { FileStats } from '../../formats/check-stamp.ts'

/** A file open for reading that several torrents may hold. */
export interface SharedFile {
  readonly path: string
  /** What the system says of the file now. */
  stats(): Promise<FileStats>
  /** Reads exactly `length` bytes, or fewer where the file ends. */
  read(offset: number, length: number): Promise<Buffer>
  /** Gives the hold up. The last one closes the file. */
  release(): Promise<void>
}

/** Opens files so that each path has one descriptor, however many torrents read it. */
export interface SharedFiles {
  /** @throws The system error, when the file cannot be opened. */
  open(path: string): Promise<SharedFile>
}

interface OpenFile {
  readonly handle: Promise<FileHandle>
  holders: number
}

/** Versions of one generation share `data`, so descriptors are counted by path. */
export function createSharedFiles(): SharedFiles {
  const files = new Map<string, OpenFile>()

  async function giveUp(path: string, file: OpenFile): Promise<void> {
    file.holders -= 1
    if (file.holders > 0) return
    if (files.get(path) === file) files.delete(path)
    await (await file.handle).close()
  }

  return {
    async open(path) {
      const file = files.get(path) ?? { handle: open(path, 'r'), holders: 0 }
      files.set(path, file)
      file.holders += 1
      try {
        return sharedFile(path, await file.handle, () => giveUp(path, file))
      } catch (error) {
        if (files.get(path) === file) files.delete(path) // So that the next one tries again.
        throw error
      }
    },
  }
}

/** @param giveUp What `release` comes to, the first time. */
export function sharedFile(path: string, handle: FileHandle, giveUp: () => Promise<void>): SharedFile {
  let released = false
  return {
    path,
    stats: () => handle.stat({ bigint: true }),
    async read(offset, length) {
      const bytes = Buffer.allocUnsafe(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    },
    async release() {
      if (released) return
      released = true
      await giveUp()
    },
  }
}
