import type { PieceRange } from '../domain/damage.ts'

/** Pieces as ranges, adjacent ones in one. @param pieces Their numbers, rising. */
export function rangesOf(pieces: Iterable<number>): readonly PieceRange[] {
  const ranges: { readonly from: number; to: number }[] = []
  for (const piece of pieces) {
    const last = ranges.at(-1)
    if (last?.to === piece) last.to += 1
    else ranges.push({ from: piece, to: piece + 1 })
  }
  return ranges
}

/** The numbers of all pieces in ranges, in their order. */
export function* piecesIn(ranges: Iterable<PieceRange>): Generator<number, void, undefined> {
  for (const { from, to } of ranges) for (let piece = from; piece < to; piece += 1) yield piece
}

/** How many pieces ranges hold that have none in common. */
export function pieceCountOf(ranges: readonly PieceRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0)
}
