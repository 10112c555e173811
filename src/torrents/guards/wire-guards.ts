/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import { readBencode } from '../../formats/bencode-parser.ts'
import { infoHashOf } from '../../formats/torrent-file.ts'
import { BLOCKS_ASKED_AHEAD, isAnswerable } from './answer-backlog.ts'
import { judgeEarlyPieces, judgeFrame, maxFrameBytes } from './frame-rules.ts'
import type { FrameContext, Offence, TorrentShape, Verdict } from './frame-rules.ts'
import { makeDecodingStrict } from './strict-bencode.ts'
import { disconnect, patchWireParser } from './wire-parser.ts'

const BITFIELD = 5
const REQUEST = 6
const EXTENDED = 20
const LENGTH_BYTES = 4

/**
 * Told of each offence; the peer is disconnected already.
 *
 * @param address Null when it is not known, as with WebRTC.
 * @param cause What webtorrent threw, for `UNPARSABLE`.
 */
export type OnOffence = (offence: Offence, address: string | null, cause?: unknown) => void

/** What the peer of a wire said, as far as the next frame is judged by it. */
interface Said {
  bitfieldBytes: number | null
  extendedHandshakes: number
}

interface GuardedWire {
  readonly wire: Wire
  readonly torrent: Torrent
  readonly said: Said
  /** All guarded wires of the client. */
  readonly open: ReadonlySet<Wire>
  readonly report: (offence: Offence, cause?: unknown) => void
}

/**
 * Judges every frame of every peer before webtorrent acts on it, and disconnects offenders.
 *
 * One malformed frame can otherwise end the process: a HAVE far beyond the piece count fills the
 * heap, an empty ut_metadata message throws, a negative bencode length loops for ever. The guard
 * serves seeders and leechers alike; install it before the first torrent is added.
 *
 * It also changes webtorrent's wire class and decoder for the whole process, see `patchWireParser`
 * and `makeDecodingStrict`.
 */
export function guardWires(client: WebTorrent, onOffence: OnOffence): void {
  makeDecodingStrict()
  const onFault = patchWireParser()
  const open = new Set<Wire>()
  client.on('add', (torrent: Torrent) => {
    const guarded = new Map<Wire, GuardedWire>()
    torrent.on('wire', (wire: Wire) => {
      const said: Said = { bitfieldBytes: null, extendedHandshakes: 0 }
      const report: GuardedWire['report'] = (offence, cause) => onOffence(offence, wire.remoteAddress ?? null, cause)
      const one = { wire, torrent, said, open, report }
      open.add(wire)
      wire.extendedHandshake['reqq'] = BLOCKS_ASKED_AHEAD
      guarded.set(wire, one)
      onFault.set(wire, (cause) => report('UNPARSABLE', cause))
      wire.once('close', () => open.delete(wire) && guarded.delete(wire))
      guardFrames(one)
      guardMetadata(wire, torrent)
    })
    torrent.on('metadata', () => guarded.forEach(judgeEarly))
  })
}

function guardFrames(guarded: GuardedWire): void {
  const { wire, torrent, said } = guarded
  const onLength = wire._onMessageLength.bind(wire)
  const onMessage = wire._onMessage.bind(wire)

  wire._onMessageLength = (length) => {
    if (Buffer.from(length).readUInt32BE(0) <= maxFrameBytes(shapeOf(torrent))) onLength(length)
    else refuse(guarded, 'OVERSIZED_FRAME')
  }
  wire._onMessage = (frame) => {
    const verdict = judge(guarded, frame)
    if (verdict === 'PASS') {
      remember(said, frame)
      onMessage(frame)
    } else if (verdict === 'DROP') wire._parse(LENGTH_BYTES, wire._onMessageLength)
    else refuse(guarded, verdict)
  }
  // An incoming wire already waits for its first frame, with the method that was replaced here.
  wire._parse(LENGTH_BYTES, wire._onMessageLength)
}

function judge({ wire, torrent, said, open }: GuardedWire, frame: Uint8Array): Verdict {
  const verdict = judgeFrame(frame, contextOf(wire, torrent, said))
  const callsForAnswer = frame[0] === REQUEST || frame[0] === EXTENDED
  return verdict === 'PASS' && callsForAnswer && !isAnswerable(wire, open) ? 'ASKED_TOO_MUCH' : verdict
}

function remember(said: Said, frame: Uint8Array): void {
  const [kind, extension] = frame
  if (kind === BITFIELD) said.bitfieldBytes = frame.length - 1
  if (kind === EXTENDED && extension === 0) said.extendedHandshakes += 1
}

/** What a peer said before the torrent's shape was known is judged as soon as it is. */
function judgeEarly(guarded: GuardedWire): void {
  const shape = shapeOf(guarded.torrent)
  if (shape === null) return
  const verdict = judgeEarlyPieces(guarded.said.bitfieldBytes, guarded.wire.peerAllowedFastSet, shape)
  if (verdict !== 'PASS') refuse(guarded, verdict)
}

function refuse({ wire, report }: GuardedWire, offence: Offence): void {
  disconnect(wire)
  report(offence)
}

/** Metadata of a peer is hashed before it is decoded; webtorrent does it the other way round. */
function guardMetadata(wire: Wire, torrent: Torrent): void {
  const metadata = wire.ut_metadata
  if (metadata === undefined) return
  const accept = metadata.setMetadata.bind(metadata)
  metadata.setMetadata = async (bytes) => {
    const own = bytes === torrent.metadata
    const genuine = infoHashOf(bytes) === torrent.infoHash
    return own || (genuine && readBencode(bytes)?.end === bytes.length) ? accept(bytes) : false
  }
}

function contextOf(wire: Wire, torrent: Torrent, said: Said): FrameContext {
  const { ut_metadata: metadata } = wire
  return {
    extendedHandshakes: said.extendedHandshakes,
    shape: shapeOf(torrent),
    asked: (piece, offset, length) =>
      wire.requests.some((one) => one.piece === piece && one.offset === offset && one.length === length),
    extensionOf: (id) => wire.extendedMapping[id],
    understands: (extension) => Boolean(wire.peerExtendedMapping[extension]),
    metadata: {
      bytes: metadata?._metadataSize ?? null,
      complete: metadata?._metadataComplete ?? false,
      fetching: metadata?._fetching ?? false,
    },
  }
}

function shapeOf(torrent: Torrent): TorrentShape | null {
  if (torrent.metadata === null) return null
  return { pieceCount: torrent.pieces.length, pieceBytes: torrent.pieceLength, totalBytes: torrent.length }
}
