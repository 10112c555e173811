import { isPieceOf } from '../../formats/piece-hashes.ts'
import type { PieceOutput } from '../packing/data-writer.ts'
import { writeAllAt, type FileSteps } from '../file-steps.ts'
import { PieceReader } from './piece-reader.ts'
import { piecesOf, sizeOf, type RecordedArchive } from './recorded-version.ts'

/**
 * Writes the pieces of an archive into `data`, each in its place, where other bytes are.
 *
 * Nothing is written that does not have its hash, nor over a piece that is right, nor beyond the archive: so a write
 * that breaks off leaves a bad piece bad, and that is all.
 */
export class PieceMender implements PieceOutput {
  readonly #files: FileSteps
  readonly #data: PieceReader
  readonly #hashes: Uint8Array
  readonly #firstPiece: number
  readonly #pieceBytes: number
  #next = 0
  #rightPieces = 0
  #writtenPieces = 0

  /** @param hashes The SHA-1 of each piece of the archive. */
  constructor(files: FileSteps, file: number, { entry }: RecordedArchive, hashes: Uint8Array, pieceBytes: number) {
    this.#files = files
    this.#data = new PieceReader(files, { file, lengthBytes: entry.offset + sizeOf(entry), pieceBytes })
    this.#hashes = hashes
    this.#firstPiece = piecesOf(entry, pieceBytes).from
    this.#pieceBytes = pieceBytes
  }

  /** How many pieces had other bytes, and are right now. */
  get writtenPieces(): number {
    return this.#writtenPieces
  }

  /** Whether all pieces of the archive are right now. */
  get isWhole(): boolean {
    return this.#data.pieces - this.#firstPiece === this.#rightPieces
  }

  /** Takes the next pieces, whole ones. */
  write(file: number, pieces: Uint8Array): number {
    for (let start = 0; start < pieces.length; start += this.#pieceBytes) {
      this.#mend(file, pieces.subarray(start, start + this.#pieceBytes))
    }
    return pieces.length
  }

  #mend(file: number, bytes: Uint8Array): void {
    const index = this.#next++
    if (!isPieceOf(this.#hashes, index, bytes)) return
    const piece = this.#firstPiece + index
    const found = this.#data.read(piece)
    if (found === null || Buffer.compare(found, bytes) !== 0) {
      writeAllAt(this.#files, file, bytes, piece * this.#pieceBytes)
      this.#writtenPieces += 1
    }
    this.#rightPieces += 1
  }
}
