import type { FetchedVersion } from '../../archives/repair/fetched-version.ts'
import { piecesOf, type RecordedVersion } from '../../archives/repair/recorded-version.ts'
import type { VersionRepair } from '../../archives/repair/repair-version.ts'
import { PIECE_BYTES, type ArchiveId } from '../../domain/archive.ts'
import type { Damage, PieceRange } from '../../domain/damage.ts'
import type { MendedPart } from '../../graphql/verifications.ts'

/** What was damaged before, and is no longer. Null: nothing is. */
type Change = readonly [before: Damage, after: Damage | null]

/** What a repair mended, as a check that came after it says. */
export function partsMendedHere(
  change: Change,
  repair: VersionRepair,
  recorded: RecordedVersion,
): readonly MendedPart[] {
  const written = new Map(repair.archives.map(({ id, writtenPieces }) => [id, writtenPieces]))
  const { from, to } = indexPieces(recorded)
  // What was not written here was mended through another version, which shares the bytes, and is told of that one.
  const parts = mendedArchives(change).flatMap((archiveId): readonly MendedPart[] => {
    const pieces = written.get(archiveId) ?? 0
    return pieces === 0 ? [] : [{ part: 'ARCHIVE', archiveId, pieces, source: 'MESSAGES' }]
  })
  if (isIndexMended(change)) parts.push({ part: 'INDEX', archiveId: null, pieces: to - from, source: 'LOG' })
  return [...parts, ...mendedTorrentFile(change, 'LOG')]
}

/** What pieces from peers mended, as a check that came after them says. */
export function partsMendedByPeers(
  change: Change,
  fetched: ReadonlySet<number>,
  recorded: RecordedVersion | FetchedVersion,
): readonly MendedPart[] {
  const count = (pieces: PieceRange): number => countIn(pieces, fetched)
  const entries = new Map(recorded.archives.map(({ entry }) => [entry.id, entry] as const))
  const parts: MendedPart[] = mendedArchives(change).map((archiveId) => {
    const entry = entries.get(archiveId)
    const pieces = entry === undefined ? 0 : count(piecesOf(entry, PIECE_BYTES))
    return { part: 'ARCHIVE', archiveId, pieces, source: 'PEERS' }
  })
  if (isIndexMended(change)) {
    parts.push({ part: 'INDEX', archiveId: null, pieces: count(indexPieces(recorded)), source: 'PEERS' })
  }
  return [...parts, ...mendedTorrentFile(change, 'PEERS')]
}

/** Walks the range alone: there may be a million pieces and hundreds of archives. */
function countIn({ from, to }: PieceRange, fetched: ReadonlySet<number>): number {
  let count = 0
  for (let piece = from; piece < to; piece += 1) if (fetched.has(piece)) count += 1
  return count
}

function mendedArchives([before, after]: Change): readonly ArchiveId[] {
  const still = new Set(after?.archives)
  return before.archives.filter((id) => !still.has(id))
}

function isIndexMended([before, after]: Change): boolean {
  return before.index && after?.index !== true
}

function mendedTorrentFile([before, after]: Change, source: 'LOG' | 'PEERS'): readonly MendedPart[] {
  const isMended = before.torrentFile && after?.torrentFile !== true
  return isMended ? [{ part: 'TORRENT_FILE', archiveId: null, pieces: 0, source }] : []
}

function indexPieces({ version: { dataBytes, indexBytes } }: Pick<RecordedVersion, 'version'>): PieceRange {
  return { from: dataBytes / PIECE_BYTES, to: Math.ceil((dataBytes + indexBytes) / PIECE_BYTES) }
}
