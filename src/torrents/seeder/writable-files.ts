import { constants, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DownloadFiles } from '../client/download.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { sharedFile, type SharedFile } from './shared-file.ts'
import { joinFiles, type TorrentFiles } from './torrent-files.ts'

/** The two files of a torrent, with descriptors of their own, for writing in place. */
export interface WritableFiles extends TorrentFiles {
  /**
   * Writes all of `bytes`, which lie within one file. A file that is too short grows; none is ever cut.
   *
   * @throws RangeError for bytes that are not all of one file of the torrent; the system error when the write fails.
   */
  write(offset: number, bytes: Uint8Array): Promise<void>
  /**
   * Makes durable all that was written before the call.
   *
   * @throws The system error, when it may not be durable.
   */
  sync(): Promise<void>
  /**
   * Makes all that was written durable, once it is, and closes. Nothing is written after the call.
   *
   * @throws The system error, when it may not be durable.
   */
  close(): Promise<void>
}

/** Not O_TRUNC: other torrents may serve from the same file. */
const IN_PLACE = constants.O_RDWR | constants.O_CREAT

/**
 * Opens `data` and `index`, whatever their length; where one is missing it is created.
 *
 * @throws The system error when a file cannot be opened, as when its folder is missing.
 */
export async function openWritableFiles(
  { dataPath, indexPath }: Pick<DownloadFiles, 'dataPath' | 'indexPath'>,
  { dataBytes, indexBytes }: Pick<TorrentInfo, 'dataBytes' | 'indexBytes'>,
): Promise<WritableFiles> {
  const data = await open(dataPath, IN_PLACE)
  try {
    const index = await open(indexPath, IN_PLACE)
    return joinWritable(
      { path: dataPath, handle: data, bytes: dataBytes },
      { path: indexPath, handle: index, bytes: indexBytes },
    )
  } catch (error) {
    await data.close()
    throw error
  }
}

interface WritableFile {
  readonly path: string
  readonly handle: FileHandle
  /** How much of it belongs to the torrent. */
  readonly bytes: number
}

function joinWritable(data: WritableFile, index: WritableFile): WritableFiles {
  const files = joinFiles(readable(data), data.bytes, readable(index), index.bytes)
  const writing = new Set<Promise<void>>()
  let closing: Promise<void> | null = null
  let areFoldersSynced = false

  async function sync(): Promise<void> {
    await Promise.allSettled(writing) // Whoever writes hears of what fails.
    await Promise.all([data.handle.sync(), index.handle.sync()])
    if (areFoldersSynced) return
    await Promise.all([...new Set([dirname(data.path), dirname(index.path)])].map(syncFolder))
    areFoldersSynced = true
  }
  async function syncAndClose(): Promise<void> {
    try {
      await sync()
    } finally {
      await files.close()
    }
  }

  return {
    ...files,
    async write(offset, bytes) {
      const inData = offset < data.bytes
      const file = inData ? data : index
      const start = inData ? offset : offset - data.bytes
      if (closing !== null || start + bytes.length > file.bytes) throw outOf(file, start, bytes)
      const written = writeAll(file.handle, start, bytes)
      writing.add(written)
      try {
        await written
      } finally {
        writing.delete(written)
      }
    },
    sync,
    close: () => (closing ??= syncAndClose()),
  }
}

function outOf({ path }: WritableFile, start: number, { length }: Uint8Array): RangeError {
  return new RangeError(`Cannot write ${length} bytes at ${start} of ${path}: closed, or beyond its end`)
}

function readable({ path, handle }: WritableFile): SharedFile {
  return sharedFile(path, handle, () => handle.close())
}

async function writeAll(handle: FileHandle, start: number, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;)
    written += (await handle.write(bytes, written, bytes.length - written, start + written)).bytesWritten
}

/** A file that was just created is durable with its folder. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
