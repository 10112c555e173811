import { judgeExtension, type ExtensionContext } from './extension-rules.ts'

/** What a peer did that no honest one does. */
export type Offence =
  /** A frame longer than any that the torrent calls for. */
  | 'OVERSIZED_FRAME'
  /** A frame whose length is not that of its kind. */
  | 'WRONG_LENGTH'
  /** A piece that the torrent does not have. */
  | 'PIECE_OUT_OF_RANGE'
  /** A block that does not lie within its piece, or is longer than 128 KiB. */
  | 'BLOCK_OUT_OF_RANGE'
  /** A BITFIELD that is not exactly as long as the torrent asks, or that says more than it has pieces. */
  | 'WRONG_BITFIELD'
  /** A message of an extension that does not decode, or means nothing. */
  | 'MALFORMED_EXTENSION'
  /** More extended handshakes than there can be a reason for. */
  | 'REPEATED_HANDSHAKE'
  /** A piece of the metadata that does not exist. */
  | 'METADATA_OUT_OF_RANGE'
  /** Asks on and on, and does not read the answers. */
  | 'ASKED_TOO_MUCH'
  /** Bytes on which webtorrent itself failed. */
  | 'UNPARSABLE'

/** PASS: webtorrent may see it. DROP: harmless, and of no use. */
export type Verdict = 'PASS' | 'DROP' | Offence

/** How a torrent is cut. Null while only its info hash is known. */
export interface TorrentShape {
  readonly pieceCount: number
  readonly pieceBytes: number
  readonly totalBytes: number
}

/** What was said on a wire before, as far as it bears on the next frame. */
export interface FrameContext extends ExtensionContext {
  readonly shape: TorrentShape | null
  /** Whether we asked the peer for this block, and wait for it. */
  asked(piece: number, offset: number, length: number): boolean
}

const CHOKE = 0
const NOT_INTERESTED = 3
const HAVE = 4
const BITFIELD = 5
const REQUEST = 6
const PIECE = 7
const CANCEL = 8
const PORT = 9
const SUGGEST = 13
const HAVE_ALL = 14
const HAVE_NONE = 15
const REJECT = 16
const ALLOWED_FAST = 17
const EXTENDED = 20

/** Frames of one length, in bytes without the length prefix (BEP 3, BEP 5, BEP 6). */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  ...Array.from({ length: NOT_INTERESTED - CHOKE + 1 }, (_, id) => [CHOKE + id, 1] as const),
  ...([HAVE, SUGGEST, ALLOWED_FAST] as const).map((id) => [id, 5] as const),
  ...([REQUEST, CANCEL, REJECT] as const).map((id) => [id, 13] as const),
  [PORT, 3],
  [HAVE_ALL, 1],
  [HAVE_NONE, 1],
])

const PIECE_HEADER_BYTES = 9
/** The longest block that webtorrent gives; others ask for 16 KiB. */
const MAX_BLOCK_BYTES = 128 * 1024
/** webtorrent's own bound for the pieces of a torrent that it does not know yet. */
const MAX_UNKNOWN_PIECES = 400_000

/** The longest frame that a peer of this torrent has a reason to send, without the length prefix. */
export function maxFrameBytes(shape: TorrentShape | null): number {
  return Math.max(1 + bitfieldBytes(shape?.pieceCount ?? MAX_UNKNOWN_PIECES), PIECE_HEADER_BYTES + MAX_BLOCK_BYTES)
}

/** Judges a frame (its kind and payload, without the length prefix) before webtorrent acts on it. Never throws. */
export function judgeFrame(frame: Uint8Array, context: FrameContext): Verdict {
  const kind = frame[0] ?? -1
  const expected = LENGTHS.get(kind)
  if (expected !== undefined && frame.length !== expected) return 'WRONG_LENGTH'
  switch (kind) {
    case HAVE:
    case SUGGEST:
    case ALLOWED_FAST:
      return judgePiece(uint32(frame, 1), context.shape)
    case BITFIELD:
      // It may come again: aria2 sends one in place of many HAVEs.
      return judgeBitfield(frame.subarray(1), context.shape)
    case REQUEST:
      return judgeRequest(uint32(frame, 1), uint32(frame, 5), uint32(frame, 9), context.shape)
    case PIECE:
      return judgeBlock(frame, context)
    case EXTENDED:
      return judgeExtension(frame, context)
    default:
      return 'PASS'
  }
}

/**
 * Judges what a peer said of its pieces before the torrent's shape was known.
 *
 * @param early The length of its BITFIELD; null when it sent none.
 */
export function judgeEarlyPieces(
  early: number | null,
  allowedFast: readonly number[],
  shape: TorrentShape,
): 'PASS' | Offence {
  if (allowedFast.some((piece) => piece >= shape.pieceCount)) return 'PIECE_OUT_OF_RANGE'
  return early === null || early === bitfieldBytes(shape.pieceCount) ? 'PASS' : 'WRONG_BITFIELD'
}

function judgePiece(piece: number, shape: TorrentShape | null): Verdict {
  return piece < (shape?.pieceCount ?? MAX_UNKNOWN_PIECES) ? 'PASS' : 'PIECE_OUT_OF_RANGE'
}

function judgeBitfield(bits: Uint8Array, shape: TorrentShape | null): Verdict {
  if (shape === null) return bits.length <= bitfieldBytes(MAX_UNKNOWN_PIECES) ? 'PASS' : 'WRONG_BITFIELD'
  if (bits.length !== bitfieldBytes(shape.pieceCount)) return 'WRONG_BITFIELD'
  const spare = bits.length * 8 - shape.pieceCount
  const last = bits.at(-1) ?? 0
  return (last & ((1 << spare) - 1)) === 0 ? 'PASS' : 'WRONG_BITFIELD'
}

function judgeRequest(piece: number, offset: number, length: number, shape: TorrentShape | null): Verdict {
  if (shape === null) return 'DROP' // Nothing to give yet.
  if (piece >= shape.pieceCount) return 'PIECE_OUT_OF_RANGE'
  const pieceEnd = Math.min(shape.pieceBytes, shape.totalBytes - piece * shape.pieceBytes)
  const fits = length > 0 && length <= MAX_BLOCK_BYTES && offset + length <= pieceEnd
  return fits ? 'PASS' : 'BLOCK_OUT_OF_RANGE'
}

/** A block that nobody asked for is dropped: webtorrent would thank for it with an upload slot. */
function judgeBlock(frame: Uint8Array, context: FrameContext): Verdict {
  const length = frame.length - PIECE_HEADER_BYTES
  if (length <= 0 || length > MAX_BLOCK_BYTES) return 'WRONG_LENGTH'
  return context.asked(uint32(frame, 1), uint32(frame, 5), length) ? 'PASS' : 'DROP'
}

function bitfieldBytes(pieces: number): number {
  return Math.ceil(pieces / 8)
}

function uint32(bytes: Uint8Array, at: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32BE(at)
}
