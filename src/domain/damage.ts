import type { ArchiveId } from './archive.ts'

/** Pieces of a torrent by their numbers: from `from` on, before `to`. */
export interface PieceRange {
  readonly from: number
  readonly to: number
}

/** Which files of a version are not what was recorded. */
export interface Damage {
  /** Bad pieces of the torrent, rising, adjacent ones in one range; the first `MAX_DAMAGED_RANGES` ranges. */
  readonly pieces: readonly PieceRange[]
  /** How many pieces are bad in all. */
  readonly pieceCount: number
  /** The archives that bad pieces of `data` belong to, in the order of their offsets. */
  readonly archives: readonly ArchiveId[]
  readonly index: boolean
  readonly torrentFile: boolean
}

/** How many ranges an event names at most: damage can be in every second piece. */
export const MAX_DAMAGED_RANGES = 1_000

/** What was mended. INDEX and TORRENT_FILE of what was packed here follow from the log and `data`. */
export type RepairedPart = 'ARCHIVE' | 'INDEX' | 'TORRENT_FILE'

/** Where the right bytes came from. */
export type RepairSource = 'MESSAGES' | 'PEERS' | 'LOG'
