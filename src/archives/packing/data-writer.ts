import { createHash } from 'node:crypto'
import { pieceHashesOf } from '../../formats/piece-hashes.ts'
import { writeAll, type FileSteps } from '../file-steps.ts'
import { paddingBytesOf } from './padding.ts'

/** Takes what is written: the file system, or what stands between it and the writer. Gets whole pieces, in order. */
export type PieceOutput = Pick<FileSteps, 'write'>

/** What one archive became in `data`. */
export interface WrittenArchive {
  /** Where it begins in `data`, in bytes. */
  readonly offset: number
  readonly rawBytes: number
  readonly paddingBytes: number
  /** SHA-256 of the archive without its padding, in hex. */
  readonly sha256: string
}

/** Writes are about this long: long enough that the system calls do not count. */
const WRITE_BYTES = 1_048_576

/**
 * Appends archives to an open `data`, and hashes pieces and archives as it writes.
 *
 * It holds one buffer of at most about a mebibyte, whatever the length of the archives. The buffer is a
 * whole number of pieces and `data` is always one too, so each write is whole pieces.
 */
export class DataWriter {
  readonly #output: PieceOutput
  readonly #file: number
  readonly #pieceBytes: number
  readonly #buffer: Uint8Array
  readonly #pieceHashes: Uint8Array[] = []
  #filled = 0
  /** How much of the buffer is hashed, or is not the archive's own. */
  #hashed = 0
  #writtenBytes: number
  #archiveStart: number
  #archiveHash = createHash('sha256')

  /**
   * @param dataBytes The length of `data`, a whole number of pieces.
   * @param expectedBytes About how much will be written, where that is known: the buffer need not be longer.
   */
  constructor(
    output: PieceOutput,
    file: number,
    dataBytes: number,
    pieceBytes: number,
    expectedBytes: number = WRITE_BYTES,
  ) {
    this.#output = output
    this.#file = file
    this.#pieceBytes = pieceBytes
    const bufferBytes = Math.min(WRITE_BYTES, expectedBytes)
    this.#buffer = new Uint8Array(pieceBytes * Math.max(1, Math.round(bufferBytes / pieceBytes)))
    this.#writtenBytes = dataBytes
    this.#archiveStart = dataBytes
  }

  /** The length that `data` will have with all that was given so far. */
  get dataBytes(): number {
    return this.#writtenBytes + this.#filled
  }

  /** Takes the next bytes of the archive. They can be changed after. */
  write(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      const part = bytes.subarray(start, start + this.#buffer.length - this.#filled)
      this.#buffer.set(part, this.#filled)
      this.#advance(part.length)
      start += part.length
    }
  }

  /** Ends the archive and pads it to whole pieces; what comes next is another archive. */
  endArchive(): WrittenArchive {
    this.#hashArchive()
    const offset = this.#archiveStart
    const rawBytes = this.dataBytes - offset
    const sha256 = this.#archiveHash.digest('hex')
    const paddingBytes = paddingBytesOf(rawBytes, this.#pieceBytes)
    this.#archiveHash = createHash('sha256')
    this.#pad(paddingBytes)
    this.#hashed = this.#filled
    this.#archiveStart = this.dataBytes
    return { offset, rawBytes, paddingBytes, sha256 }
  }

  /** Writes what is left; to be called between archives. @returns SHA-1 of each piece written. */
  finish(): Uint8Array {
    this.#flush()
    return Buffer.concat(this.#pieceHashes)
  }

  #pad(bytes: number): void {
    for (let left = bytes; left > 0;) {
      const part = Math.min(left, this.#buffer.length - this.#filled)
      this.#buffer.fill(0, this.#filled, this.#filled + part)
      // The padding is not the archive's own, so it is kept from its hash.
      this.#hashed = this.#filled + part
      this.#advance(part)
      left -= part
    }
  }

  #advance(bytes: number): void {
    this.#filled += bytes
    if (this.#filled === this.#buffer.length) this.#flush()
  }

  #hashArchive(): void {
    if (this.#hashed < this.#filled) this.#archiveHash.update(this.#buffer.subarray(this.#hashed, this.#filled))
    this.#hashed = this.#filled
  }

  #flush(): void {
    this.#hashArchive()
    const pieces = this.#buffer.subarray(0, this.#filled)
    this.#pieceHashes.push(pieceHashesOf(pieces, this.#pieceBytes))
    writeAll(this.#output, this.#file, pieces)
    this.#writtenBytes += this.#filled
    this.#filled = 0
    this.#hashed = 0
  }
}
