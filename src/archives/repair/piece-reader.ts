import { readInto, type FileSteps } from '../file-steps.ts'
import { readUnlessDamaged } from './recorded-files.ts'

/** The bytes of a torrent's file, or their absence. */
export interface PieceSource {
  /** Null where the file is missing or cannot be read. */
  readonly file: number | null
  /** How much of the file is the torrent's own. */
  readonly lengthBytes: number
  readonly pieceBytes: number
}

/** Reads one file of a torrent piece by piece, into a buffer of one piece. */
export class PieceReader {
  readonly #files: FileSteps
  readonly #source: PieceSource
  readonly #buffer: Uint8Array

  constructor(files: FileSteps, source: PieceSource) {
    this.#files = files
    this.#source = source
    this.#buffer = new Uint8Array(source.pieceBytes)
  }

  /** How many pieces the file has; the last may be short. */
  get pieces(): number {
    return Math.ceil(this.#source.lengthBytes / this.#source.pieceBytes)
  }

  /** The length of the piece, in bytes. */
  bytesOf(piece: number): number {
    const { lengthBytes, pieceBytes } = this.#source
    return Math.min(pieceBytes, lengthBytes - piece * pieceBytes)
  }

  /**
   * @param piece Its number within the file.
   * @returns The piece, until the next one is read; null where the file ends before it does, or the disk
   *   does not give it.
   */
  read(piece: number): Uint8Array | null {
    const { file, pieceBytes } = this.#source
    if (file === null) return null
    const bytes = this.#buffer.subarray(0, this.bytesOf(piece))
    const found = readUnlessDamaged(() => readInto(this.#files, file, bytes, piece * pieceBytes))
    return found === bytes.length ? bytes : null
  }
}
