import { findBadPieces } from '../../formats/bad-pieces.ts'
import {
  dataPieceCount,
  isOtherPieceHeld,
  isPieceHeld,
  openHeldFile,
  pieceHashOf,
  readHeldPieces,
  type HeldFile,
  type HeldPieces,
} from '../../formats/held-pieces.ts'
import { bitfieldOf, hasBit, setBit } from '../../formats/piece-bitfield.ts'
import { isPieceOf, PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import type { DownloadFiles } from '../client/download.ts'
import { openWritableFiles, type WritableFiles } from '../seeder/writable-files.ts'
import { createCheckpoints, type Checkpoints } from './checkpoints.ts'
import { WatchedNotes } from './watched-notes.ts'

/** What it tells by itself. */
export interface DiskObserver {
  onDurable(pieces: readonly number[]): void
  /** Pieces could not be made durable. */
  onFailed(error: unknown): void
  /** What was written need not be hashed again, but that could not be noted down; or a note could not be taken away. */
  onStampFailed(error: unknown): void
}

interface Held {
  readonly file: HeldFile
  /** As it was when it was opened. */
  readonly pieces: HeldPieces
  readonly watched: WatchedNotes
}

/** What a download has on the disk. */
export class DownloadDisk {
  readonly files: WritableFiles
  /** The pieces that are here, as in a BITFIELD. */
  readonly bitfield: Uint8Array
  readonly #torrent: TorrentInfo
  readonly #held: Held | null
  readonly #checkpoints: Checkpoints
  readonly #onStampFailed: DiskObserver['onStampFailed']
  #closing: Promise<void> | null = null

  private constructor(
    torrent: TorrentInfo,
    files: WritableFiles,
    held: Held | null,
    bitfield: Uint8Array,
    { onDurable, onFailed, onStampFailed }: DiskObserver,
  ) {
    this.#torrent = torrent
    this.#onStampFailed = onStampFailed
    this.files = held === null ? files : watchWrites(files, torrent, held.watched)
    this.#held = held
    this.bitfield = bitfield
    this.#checkpoints = createCheckpoints(async (pieces) => {
      await this.#makeDurable(pieces)
      onDurable(pieces)
    }, onFailed)
  }

  /**
   * Opens the files of a download and finds out what of it is here: by `held` for `data`, by hashing for `index`.
   *
   * @param missing Which pieces are not here, where there is no `held`: all others are taken to be.
   * @throws The system error, when one of them cannot be opened or read.
   */
  static async open(
    paths: DownloadFiles,
    torrent: TorrentInfo,
    missing: ReadonlySet<number>,
    observer: DiskObserver,
  ): Promise<DownloadDisk> {
    const files = await openWritableFiles(paths, torrent)
    const count = torrent.pieces.length / PIECE_HASH_BYTES
    let file: HeldFile | null = null
    try {
      if (paths.heldPath === null) {
        const bits = bitfieldOf(count, (piece) => !missing.has(piece))
        return new DownloadDisk(torrent, files, null, bits, observer)
      }
      const { dataPath, heldPath } = paths
      file = await openHeldFile(heldPath)
      const watched = await WatchedNotes.begin({ dataPath, heldPath }, torrent, (await files.stats()).data)
      const pieces = await readHeldPieces(heldPath)
      const bad = await readBadIndexPieces(torrent, files)
      const isHere = (piece: number): boolean =>
        piece < dataPieceCount(torrent) ? isPieceHeld(pieces, torrent, piece) : !bad.has(piece)
      return new DownloadDisk(torrent, files, { file, pieces, watched }, bitfieldOf(count, isHere), observer)
    } catch (error) {
      await Promise.allSettled([files.close(), file?.close()]) // What failed first is told.
      throw error
    }
  }

  isHere(piece: number): boolean {
    return hasBit(this.bitfield, piece)
  }

  /**
   * Sees to it that writing these pieces takes none from another version. Notes that a power cut left half written are of no
   * piece: what is on the disk has another hash.
   *
   * @throws RangeError for a piece in the place of which another version's is held; the system error when it cannot be read.
   */
  async requireFree(pieces: Iterable<number>): Promise<void> {
    const { pieceBytes } = this.#torrent
    const noted = this.#held?.pieces ?? new Uint8Array()
    for (const piece of pieces) {
      if (!isOtherPieceHeld(noted, this.#torrent, piece)) continue
      if (isPieceOf(noted, piece, await this.files.readSome(piece * pieceBytes, pieceBytes)))
        throw new RangeError(`Cannot fetch piece ${piece}: another is held in its place`)
    }
  }

  /** A piece was written: it is here, and will be durable. */
  wrote(piece: number, bytes: number): void {
    setBit(this.bitfield, piece)
    this.#checkpoints.wrote(piece, bytes)
  }

  /** A piece of it that was read is damaged. */
  distrust(): void {
    this.#stamp(() => this.#held?.watched.distrust())
  }

  /** Makes all durable that was written, and notes it down. @throws The system error. */
  async flush(): Promise<void> {
    return this.#checkpoints.flush()
  }

  /** The same, and closes the files. Nothing is written after it. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#held?.watched.settled()
      await this.files.close()
      await this.flush()
    } finally {
      await this.#held?.file.close()
    }
  }

  /** What cannot be stamped is hashed again, and written all the same. */
  #stamp(change: () => void): void {
    try {
      change()
    } catch (error) {
      this.#onStampFailed(error)
    }
  }

  async #makeDurable(pieces: readonly number[]): Promise<void> {
    await (this.#closing === null ? this.files.sync() : this.files.close())
    const ofData = pieces.filter((piece) => piece < dataPieceCount(this.#torrent))
    if (this.#held === null || ofData.length === 0) return
    const { file, watched } = this.#held
    await watched.note(() => file.write(new Map(ofData.map((piece) => [piece, pieceHashOf(this.#torrent, piece)]))))
    this.#stamp(() => watched.leaveStamp())
  }
}

function watchWrites(files: WritableFiles, { dataBytes }: TorrentInfo, watched: WatchedNotes): WritableFiles {
  const write: WritableFiles['write'] = async (offset, bytes) =>
    offset < dataBytes ? watched.write(() => files.write(offset, bytes)) : files.write(offset, bytes)
  return { ...files, write }
}

/** The pieces of the index that are not on the disk as they should be. */
async function readBadIndexPieces(torrent: TorrentInfo, files: WritableFiles): Promise<ReadonlySet<number>> {
  const { dataBytes, indexBytes } = torrent
  const read = async (offset: number, length: number): Promise<Buffer> => files.readSome(dataBytes + offset, length)
  const source = { firstPiece: dataPieceCount(torrent), length: indexBytes, read }
  return new Set(await Array.fromAsync(findBadPieces(torrent, source)))
}
