import type { ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import { archivePieces } from '../../archives/receiving/select-archives.ts'
import { piecesIn } from '../../formats/piece-ranges.ts'

/** Tells which archives are complete as pieces come in. */
export interface FetchedArchives {
  /** @returns The archives that were completed by these pieces, each once. */
  add(pieces: Iterable<number>): readonly ReceivedArchive[]
}

/**
 * Counts the pieces of archives.
 *
 * @param archives Those that are watched. They share no piece.
 */
export function createFetchedArchives(archives: readonly ReceivedArchive[], pieceBytes: number): FetchedArchives {
  const missing = new Map<ReceivedArchive, Set<number>>()
  const owners = new Map<number, ReceivedArchive>()
  for (const archive of archives) {
    const pieces = [...piecesIn([archivePieces(archive, pieceBytes)])]
    missing.set(archive, new Set(pieces))
    for (const piece of pieces) owners.set(piece, archive)
  }

  return {
    add(pieces) {
      const complete: ReceivedArchive[] = []
      for (const piece of pieces) {
        const archive = owners.get(piece)
        const left = archive && missing.get(archive)
        if (archive === undefined || left === undefined) continue
        left.delete(piece)
        if (left.size > 0) continue
        missing.delete(archive)
        complete.push(archive)
      }
      return complete
    },
  }
}
