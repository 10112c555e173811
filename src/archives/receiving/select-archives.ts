import type { FetchedArchive } from '../../domain/archive.ts'
import type { PieceRange } from '../../domain/damage.ts'
import type { Selection } from '../../domain/selection.ts'
import { piecesIn, rangesOf } from '../../formats/piece-ranges.ts'

/** Whether a piece of `data` is here, by its number. */
export type IsHeld = (piece: number) => boolean

/**
 * Chooses the archives that are to be fetched, in the order given.
 *
 * @param archives Those of a checked index.
 * @returns Those of the selection that are not all here.
 */
export function selectArchives<Archive extends FetchedArchive>(
  archives: readonly Archive[],
  selection: Selection,
  isHeld: IsHeld,
  pieceBytes: number,
): readonly Archive[] {
  return archivesOf(archives, selection).filter((archive) => !isArchiveHeld(archive, isHeld, pieceBytes))
}

/** Whether all pieces of an archive are here. */
export function isArchiveHeld(archive: FetchedArchive, isHeld: IsHeld, pieceBytes: number): boolean {
  return piecesIn([archivePieces(archive, pieceBytes)]).every(isHeld)
}

/** The pieces of these archives that are not here, rising, adjacent ones in one range. */
export function missingPieces(
  archives: readonly FetchedArchive[],
  isHeld: IsHeld,
  pieceBytes: number,
): readonly PieceRange[] {
  const inOrder = archives.toSorted((one, other) => one.offset - other.offset)
  const pieces = piecesIn(inOrder.map((archive) => archivePieces(archive, pieceBytes)))
  return rangesOf(pieces.filter((piece) => !isHeld(piece)))
}

/** The pieces of `data` that an archive lies in: it shares none with another. */
export function archivePieces({ offset, sizeBytes }: FetchedArchive, pieceBytes: number): PieceRange {
  return { from: offset / pieceBytes, to: (offset + sizeBytes) / pieceBytes }
}

function archivesOf<Archive extends FetchedArchive>(
  archives: readonly Archive[],
  selection: Selection,
): readonly Archive[] {
  switch (selection.mode) {
    case 'ALL_MISSING':
      return archives
    case 'LATEST': {
      const last = archives.reduce((latest, { to }) => Math.max(latest, to), 0)
      return archives.filter(({ to }) => to === last)
    }
    case 'RANGE':
      return archives.filter(({ from, to }) => from < selection.to && to > selection.from)
  }
}
