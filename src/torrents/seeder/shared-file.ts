import { open, type FileHandle } from 'node:fs/promises'
import type { FileStats } from '../../formats/check-stamp.ts'

/** A file open for reading that several torrents may hold. */
export interface SharedFile {
  readonly path: string
  /** What the system says of the file now. */
  stats(): Promise<FileStats>
  /** Reads exactly `length` bytes, or fewer where the file ends. */
  read(offset: number, length: number): Promise<Buffer>
  /** Gives the hold up, once. The last one closes the file, and it is closed when this resolves. */
  release(): Promise<void>
}

/** Opens files so that each has one descriptor, however many torrents read it. */
export interface SharedFiles {
  /** @throws The system error, when the file cannot be opened. */
  open(path: string): Promise<SharedFile>
}

interface OpenFile {
  readonly handle: FileHandle
  holders: number
}

/**
 * Versions of one generation share `data`. Which file is which, the system tells and not the path: there may stand a copy
 * by now, which grows while the file that is open does not.
 */
export function createSharedFiles(): SharedFiles {
  const files = new Map<string, OpenFile>()

  async function giveUp(id: string, file: OpenFile): Promise<void> {
    file.holders -= 1
    if (file.holders > 0) return
    files.delete(id)
    await file.handle.close()
  }

  return {
    async open(path) {
      const handle = await open(path, 'r')
      try {
        const { dev, ino } = await handle.stat({ bigint: true })
        const id = `${dev} ${ino}`
        const file = files.get(id) ?? { handle, holders: 0 }
        files.set(id, file)
        file.holders += 1
        if (file.handle !== handle) await handle.close()
        return sharedFile(path, file.handle, () => giveUp(id, file))
      } catch (error) {
        await handle.close()
        throw error
      }
    },
  }
}

/** @param giveUp What `release` comes to, the first time. */
export function sharedFile(path: string, handle: FileHandle, giveUp: () => Promise<void>): SharedFile {
  let released: Promise<void> | null = null
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
    release: () => (released ??= giveUp()),
  }
}
