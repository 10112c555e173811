import { isDictionary, readBencode, type BencodedDictionary } from '../../formats/bencode-parser.ts'
import type { Verdict } from './frame-rules.ts'

/** What a wire knows about the peer's extensions (BEP 10). */
export interface ExtensionContext {
  /** How many extended handshakes the peer sent before this frame. */
  readonly extendedHandshakes: number
  /** The extension that we gave this number in our handshake. */
  extensionOf(id: number): string | undefined
  /** Whether the peer gave us a number for this extension, so that it can be answered. */
  understands(extension: string): boolean
  readonly metadata: MetadataState
  readonly shape: { readonly pieceCount: number } | null
}

/** How far a wire has come with the metadata of the torrent (BEP 9). */
export interface MetadataState {
  /** The size of ours, or else the one that the peer told; null for neither. */
  readonly bytes: number | null
  /** Whether we have it. */
  readonly complete: boolean
  /** Whether we have asked the peer for it. */
  readonly fetching: boolean
}

const HANDSHAKE = 0
/** Two of what a peer says at most, and it may change its mind a few times. */
const MAX_HANDSHAKES = 8
/** A piece of metadata is 16 KiB; the rest of any extension is far shorter. */
const MAX_EXTENSION_BYTES = 32 * 1024
/** 200 peers of both families, with flags, is what the most talkative clients send at once. */
const MAX_PEER_EXCHANGE_BYTES = 8 * 1024
const METADATA_PIECE_BYTES = 16 * 1024

const METADATA_REQUEST = 0
const METADATA_DATA = 1
const METADATA_REJECT = 2

/** Judges an extended message, from its kind byte on. Never throws. */
export function judgeExtension(frame: Uint8Array, context: ExtensionContext): Verdict {
  if (frame.length < 2) return 'MALFORMED_EXTENSION'
  if (frame.length > MAX_EXTENSION_BYTES) return 'OVERSIZED_FRAME'
  const id = frame[1] ?? HANDSHAKE
  const payload = frame.subarray(2)
  if (id === HANDSHAKE) return judgeHandshake(payload, context)
  switch (context.extensionOf(id)) {
    case 'ut_metadata':
      return judgeMetadata(payload, context)
    case 'ut_pex':
      return payload.length <= MAX_PEER_EXCHANGE_BYTES && readDictionary(payload) ? 'PASS' : 'MALFORMED_EXTENSION'
    case 'lt_donthave':
      return judgeDontHave(payload, context)
    default:
      return 'DROP' // We offered no such extension.
  }
}

function judgeHandshake(payload: Uint8Array, context: ExtensionContext): Verdict {
  if (context.extendedHandshakes >= MAX_HANDSHAKES) return 'REPEATED_HANDSHAKE'
  const handshake = readDictionary(payload)?.value
  if (!handshake) return 'MALFORMED_EXTENSION'
  const m = handshake.entries.get('m')
  const numbered =
    m === undefined ||
    (isDictionary(m) && [...m.entries.values()].every((id) => typeof id === 'number' && id >= 0 && id < 256))
  return numbered ? 'PASS' : 'MALFORMED_EXTENSION'
}

function judgeMetadata(payload: Uint8Array, context: ExtensionContext): Verdict {
  const read = readDictionary(payload)
  // webtorrent decodes this dictionary as text, where other bytes than ASCII would move its bounds.
  if (!read || !isAscii(payload.subarray(0, read.end))) return 'MALFORMED_EXTENSION'
  const kind = read.value.entries.get('msg_type')
  const piece = read.value.entries.get('piece')
  if (typeof kind !== 'number' || typeof piece !== 'number' || piece < 0) return 'MALFORMED_EXTENSION'
  const { bytes, complete, fetching } = context.metadata
  switch (kind) {
    case METADATA_REQUEST:
      if (!context.understands('ut_metadata')) return 'MALFORMED_EXTENSION'
      return !complete || piece < piecesOf(bytes) ? 'PASS' : 'METADATA_OUT_OF_RANGE'
    case METADATA_DATA:
      if (complete || !fetching) return 'DROP' // Another peer was faster.
      return isPieceOf(bytes, piece, payload.length - read.end) ? 'PASS' : 'METADATA_OUT_OF_RANGE'
    case METADATA_REJECT:
      return !complete && fetching && piece < piecesOf(bytes) ? 'PASS' : 'DROP'
    default:
      return 'DROP' // To be ignored, says BEP 9.
  }
}

function judgeDontHave(payload: Uint8Array, { shape }: ExtensionContext): Verdict {
  if (payload.length !== 4) return 'MALFORMED_EXTENSION'
  if (shape === null) return 'DROP'
  const piece = Buffer.from(payload).readUInt32BE(0)
  return piece < shape.pieceCount ? 'PASS' : 'PIECE_OUT_OF_RANGE'
}

function isPieceOf(metadataBytes: number | null, piece: number, length: number): boolean {
  if (metadataBytes === null || piece >= piecesOf(metadataBytes)) return false
  return length === Math.min(METADATA_PIECE_BYTES, metadataBytes - piece * METADATA_PIECE_BYTES)
}

function piecesOf(metadataBytes: number | null): number {
  return Math.ceil((metadataBytes ?? 0) / METADATA_PIECE_BYTES)
}

function readDictionary(bytes: Uint8Array): { readonly value: BencodedDictionary; readonly end: number } | null {
  const read = readBencode(bytes)
  return read && isDictionary(read.value) ? { value: read.value, end: read.end } : null
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80)
}
