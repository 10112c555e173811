import type { ArchiveId } from '../../domain/archive.ts'
import { MAX_DAMAGED_RANGES, type Damage, type PieceRange } from '../../domain/damage.ts'

/** Gathers what a check finds, in the order of the files. */
export class DamageFound {
  readonly #pieces: { readonly from: number; to: number }[] = []
  readonly #archives: ArchiveId[] = []
  #pieceCount = 0
  #index = false
  readonly #torrentFile: boolean

  constructor(torrentFile: boolean) {
    this.#torrentFile = torrentFile
  }

  /** Bad pieces of an archive, its padding included, by their numbers in the torrent. */
  addArchive(id: ArchiveId, pieces: readonly number[]): void {
    if (pieces.length === 0) return
    this.#archives.push(id)
    for (const piece of pieces) this.#addPiece(piece)
  }

  /** The index is bad, and these are its bad pieces: none where there is only too much of it. */
  addIndex(pieces: readonly number[]): void {
    this.#index = true
    for (const piece of pieces) this.#addPiece(piece)
  }

  /** All that was found; null when it was nothing. */
  finish(): Damage | null {
    const [torrentFile, index, archives] = [this.#torrentFile, this.#index, this.#archives]
    if (!torrentFile && !index && archives.length === 0) return null
    const pieces: readonly PieceRange[] = this.#pieces
    return { pieces, pieceCount: this.#pieceCount, archives, index, torrentFile }
  }

  #addPiece(piece: number): void {
    this.#pieceCount += 1
    const last = this.#pieces.at(-1)
    if (last?.to === piece) last.to += 1
    else if (this.#pieces.length < MAX_DAMAGED_RANGES) this.#pieces.push({ from: piece, to: piece + 1 })
  }
}
