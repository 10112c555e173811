import { dirname } from 'node:path'
import type { ArchiveEntry } from '../../domain/archive.ts'
import type { EncodedMessage } from '../../formats/message-encoding.ts'
import { pieceHashesOf } from '../../formats/piece-hashes.ts'
import { createTorrentFile } from '../../formats/torrent-file.ts'
import { encodeArchiveHead } from '../archive-encoding.ts'
import { archiveIdOfEncoding } from '../archive-id.ts'
import { encodeIndex, encodeIndexMetadata, type IndexEntry } from '../archive-index.ts'
import { communityFolderOf, versionFolderOf } from '../archive-paths.ts'
import { openDataFile, type DataFile } from './data-file.ts'
import { DataWriter } from './data-writer.ts'
import type { FileSteps } from '../file-steps.ts'
import { createMessageAppender, type AppendMessage } from './message-appender.ts'
import { PackingStopped } from './packing-failure.ts'
import type { PackedArchives, PackingRequest } from './packing-request.ts'
import type { Partition } from './partitions.ts'
import { readPreviousVersion, type InheritedArchives } from './previous-version.ts'
import { writeVersionFiles, type VersionFiles } from './version-files.ts'
import { WatchedData } from './watched-data.ts'

/** What is open while archives are appended; nothing is before the first message. */
interface Opened {
  readonly data: DataFile
  readonly watched: WatchedData
  readonly inherited: InheritedArchives
  readonly writer: DataWriter
  readonly append: AppendMessage
}

/** The archive that messages are added to. */
interface Growing {
  readonly partition: Partition
  messages: number
}

/**
 * Appends archives to a community's `data`, and makes a version of them.
 *
 * One after the other: `startArchive`, `add` for each of its messages, and so on; at last `finish`,
 * or `undo`.
 */
export class ArchiveAppender {
  readonly #request: PackingRequest & { readonly pieceBytes: number }
  readonly #files: FileSteps
  readonly #archives: ArchiveEntry[] = []
  readonly #entries: IndexEntry[] = []
  #opened: Opened | null = null
  #growing: Growing | null = null
  #versionFolder: string | null = null
  #isClosed = false

  constructor(request: PackingRequest & { readonly pieceBytes: number }, files: FileSteps) {
    this.#request = request
    this.#files = files
  }

  /** Ends the archive before, and begins one that has the partition's whole range. */
  startArchive(partition: Partition): void {
    const opened = (this.#opened ??= this.#open())
    this.#endArchive(opened)
    this.#growing = { partition, messages: 0 }
    opened.writer.write(encodeArchiveHead({ ...partition, contentTopics: this.#request.contentTopics }))
  }

  add(message: EncodedMessage): void {
    if (this.#opened === null || this.#growing === null) throw new Error('Cannot add a message: no archive is started')
    this.#opened.append(message)
    this.#growing.messages += 1
  }

  /** Makes everything durable: first `data`, then the index and the torrent file that point into it. */
  finish(): PackedArchives | null {
    if (this.#opened === null) return null
    const { data, watched, writer, inherited } = this.#opened
    this.#endArchive(this.#opened)
    const pieceHashes = Buffer.concat([inherited.pieceHashes, writer.finish()])
    this.#syncData(data, writer.dataBytes)
    const index = encodeIndex([...inherited.entries, ...this.#entries])
    const stamp = watched.finish(data.file)
    const infoHash = this.#writeVersion(writer.dataBytes, pieceHashes, { index, stamp })
    watched.confirm(stamp, infoHash)
    this.#close(data)
    return {
      archives: this.#archives,
      generation: data.generation,
      dataBytes: writer.dataBytes,
      indexBytes: index.length,
      infoHash,
      sizeBytes: writer.dataBytes + index.length,
    }
  }

  /**
   * Gives the disk back what was written. The version before is untouched in any case.
   *
   * `data` comes first, and is closed: a folder cannot be removed where too many files are open.
   */
  undo(): void {
    if (this.#opened === null) return
    try {
      this.#cutBack(this.#isClosed ? this.#openData() : this.#opened.data)
    } finally {
      if (this.#versionFolder !== null) this.#files.remove(this.#versionFolder)
    }
  }

  #cutBack({ file, dataBytes }: DataFile): void {
    try {
      this.#files.cut(file, dataBytes)
    } finally {
      this.#files.close(file)
    }
  }

  #open(): Opened {
    const { archivesDir, communityId, previous, pieceBytes } = this.#request
    const inherited =
      previous === null
        ? { entries: [], pieceHashes: new Uint8Array(0) }
        : readPreviousVersion(this.#files, archivesDir, communityId, previous, pieceBytes)
    if (previous === null) {
      this.#files.makeFolder(communityFolderOf(archivesDir, communityId))
      this.#files.syncFolder(archivesDir)
      // It is as new itself where this is the first archive of all.
      this.#files.syncFolder(dirname(archivesDir))
    }
    const data = this.#openData()
    const watched = new WatchedData(this.#files, this.#request)
    const writer = new DataWriter(watched, data.file, data.dataBytes, pieceBytes)
    const append = createMessageAppender((bytes) => writer.write(bytes))
    return { data, watched, inherited, writer, append }
  }

  #openData(): DataFile {
    return openDataFile(this.#files, this.#request)
  }

  /** A file that cannot be closed is not open any more all the same: its number may be another file's by now. */
  #close({ file }: DataFile): void {
    this.#isClosed = true
    this.#files.close(file)
  }

  #endArchive({ writer }: Opened): void {
    if (this.#growing === null) return
    const { partition, messages } = this.#growing
    const { offset, rawBytes, paddingBytes, sha256 } = writer.endArchive()
    const metadata = { ...partition, contentTopics: this.#request.contentTopics }
    const indexed = { metadata, offset, sizeBytes: rawBytes + paddingBytes, paddingBytes }
    const id = archiveIdOfEncoding(encodeIndexMetadata(indexed))
    this.#entries.push({ id, ...indexed })
    this.#archives.push({ id, ...partition, offset, rawBytes, paddingBytes, messages, sha256 })
    this.#growing = null
  }

  /** A length of its own making would mean that somebody else writes, and that no offset is right. */
  #syncData({ file }: DataFile, dataBytes: number): void {
    const foundBytes = this.#files.sizeOf(file)
    if (foundBytes !== dataBytes) {
      throw new PackingStopped('FILES_DAMAGED', `data is ${foundBytes} bytes long after ${dataBytes} were written`, {
        foundBytes,
        writtenBytes: dataBytes,
      })
    }
    this.#files.sync(file)
  }

  #writeVersion(
    dataBytes: number,
    dataHashes: Uint8Array,
    { index, stamp }: Omit<VersionFiles, 'torrent'>,
  ): PackedArchives['infoHash'] {
    const { archivesDir, communityId, previous, pieceBytes, trackers, createdAt, publicUrl } = this.#request
    const pieces = Buffer.concat([dataHashes, pieceHashesOf(index, pieceBytes)])
    const info = { communityId, pieceBytes, dataBytes, indexBytes: index.length, pieces }
    const torrent = createTorrentFile(info, trackers, createdAt, publicUrl)
    const folder = versionFolderOf(archivesDir, communityId, torrent.infoHash)
    // The first run after others did may come to the very torrent that was fetched of them, and is served.
    if (previous !== null || this.#files.list(folder).length === 0) this.#versionFolder = folder
    writeVersionFiles(this.#files, folder, { index, torrent: torrent.bytes, stamp })
    return torrent.infoHash
  }
}
