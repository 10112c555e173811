import type { VersionStats } from '../../formats/check-stamp.ts'
import { SeedingFailure } from './seeding-failure.ts'
import type { SharedFile, SharedFiles } from './shared-file.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'

/** The two files of a torrent, open, as the one stretch of bytes that its pieces are cut from. */
export interface TorrentFiles {
  /** Both files together, in bytes. */
  readonly length: number
  /**
   * @returns Exactly `length` bytes.
   * @throws SeedingFailure FILES_TOO_SHORT when a file has lost its end; the system error when a read fails.
   */
  read(offset: number, length: number): Promise<Buffer>
  /** Reads within one of the files: fewer than `length` bytes where it ends. */
  readSome(offset: number, length: number): Promise<Buffer>
  /** What the system says of them now. `data` may belong to longer versions too. */
  stats(): Promise<Pick<VersionStats, 'data' | 'index'>>
  close(): Promise<void>
}

/**
 * Opens `data`, cut at this version's length, and `index`; where it may have holes, as they are.
 *
 * @throws SeedingFailure FILES_TOO_SHORT; the system error when a file cannot be opened.
 */
export async function openTorrentFiles(
  shared: SharedFiles,
  torrent: TorrentToServe,
  indexBytes: number,
): Promise<TorrentFiles> {
  const data = await shared.open(torrent.dataPath)
  try {
    const index = await shared.open(torrent.indexPath)
    const files = joinFiles(data, torrent.dataBytes, index, indexBytes)
    try {
      const stats = await files.stats()
      if (torrent.heldPath === null) {
        requireLength(data, stats.data.size, torrent.dataBytes)
        requireLength(index, stats.index.size, indexBytes)
      }
      return files
    } catch (error) {
      await index.release()
      throw error
    }
  } catch (error) {
    await data.release()
    throw error
  }
}

/** Makes one stretch of the first bytes of `data` and those of `index`. Reading from both, it gives both up. */
export function joinFiles(data: SharedFile, dataBytes: number, index: SharedFile, indexBytes: number): TorrentFiles {
  return {
    length: dataBytes + indexBytes,
    async read(offset, length) {
      const fromData = Math.max(0, Math.min(length, dataBytes - offset))
      const parts = [
        fromData > 0 ? await data.read(offset, fromData) : null,
        fromData < length ? await index.read(Math.max(0, offset - dataBytes), length - fromData) : null,
      ].filter((part) => part !== null)
      const [first] = parts
      const bytes = parts.length === 1 && first ? first : Buffer.concat(parts)
      if (bytes.length < length) {
        throw new SeedingFailure(
          'FILES_TOO_SHORT',
          `Cannot read ${length} bytes at ${offset} of ${data.path} and index`,
        )
      }
      return bytes
    },
    readSome: async (offset, length) =>
      offset < dataBytes ? data.read(offset, length) : index.read(offset - dataBytes, length),
    stats: async () => ({ data: await data.stats(), index: await index.stats() }),
    async close() {
      await Promise.all([data.release(), index.release()])
    },
  }
}

function requireLength({ path }: SharedFile, found: bigint, expected: number): void {
  if (found < expected) {
    throw new SeedingFailure('FILES_TOO_SHORT', `Cannot serve ${path}: expected ${expected} bytes, found ${found}`)
  }
}
