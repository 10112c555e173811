import type { PieceRange } from '../../domain/damage.ts'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import { piecesIn } from '../../formats/piece-ranges.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'

/** The numbers of the pieces in ranges, each once. @throws RangeError for pieces that the torrent does not have. */
export function numbersOf(ranges: readonly PieceRange[], { pieces }: Pick<TorrentInfo, 'pieces'>): ReadonlySet<number> {
  const count = pieces.length / PIECE_HASH_BYTES
  for (const { from, to } of ranges)
    if (from < 0 || to > count) throw new RangeError(`Cannot fetch pieces [${from}, ${to}): there are ${count}`)
  return new Set(piecesIn(ranges))
}
