/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type { Torrent } from 'webtorrent'

/** Which peer a piece is being fetched from. */
interface Supply {
  readonly wire: Wire
  /** When it may be fetched from another, in milliseconds of `performance.now`. */
  readonly until: number
  readonly patienceMs: number
  /** Looks for another then: one that is idle asks for nothing by itself. */
  readonly timer: NodeJS.Timeout
}

/** A peer of more than 10 KiB/s gives a piece in this time. */
const PATIENCE_MS = 10_000
const FAILED_PIECE = /^Piece (\d+) failed verification$/

/**
 * Has each piece of a torrent come from one peer alone, so that for a bad one there is one to blame.
 *
 * webtorrent asks several for the blocks of a piece. Of a bad one it would then throw all away, not knowing whose block
 * it was, and ask the same peers again, for ever. A peer that is choking, gone, or too slow while another is free, loses
 * the piece, which begins anew; and the next is given more time, so that slow ones do not take it from each other without
 * end.
 *
 * @param torrent Added with `deselect`: else webtorrent selects anew each piece that begins anew.
 * @param onBadPiece Told of the peer that sent a piece with another hash.
 * @param firstPatienceMs For how long the first peer of a piece cannot lose it to another.
 */
export function supplyEachPieceFromOne(
  torrent: Torrent,
  onBadPiece: (supplier: Wire) => void,
  firstPatienceMs: number = PATIENCE_MS,
): void {
  const supplies = new Map<number, Supply>()
  const request = torrent._request.bind(torrent)

  torrent._request = (wire, piece, hotswap) => {
    const supply = supplies.get(piece)
    const isOther = supply !== undefined && supply.wire !== wire
    if (isOther && (isComplete(torrent, piece) || performance.now() < supply.until)) return false
    if (isOther) torrent._markUnverified(piece) // It begins anew.
    const requested = request(wire, piece, hotswap)
    if (requested && (isOther || supply === undefined)) {
      const patienceMs = supply === undefined ? firstPatienceMs : 2 * supply.patienceMs
      forget(supplies, piece)
      supplies.set(piece, { wire, patienceMs, ...expireAfter(patienceMs, torrent) })
    }
    return requested
  }

  const giveUp = (wire: Wire): void => giveUpPieces(torrent, supplies, wire)
  torrent.on('wire', (wire: Wire) => {
    wire.on('choke', () => giveUp(wire))
    wire.once('close', () => giveUp(wire))
  })
  torrent.on('verified', (piece: number) => forget(supplies, piece))
  torrent.once('close', () => [...supplies.keys()].forEach((piece) => forget(supplies, piece)))
  torrent.on('warning', (warning: Error | string) => {
    const [, number] = FAILED_PIECE.exec(warning instanceof Error ? warning.message : warning) ?? []
    const supply = supplies.get(Number(number))
    if (number === undefined || supply === undefined) return
    forget(supplies, Number(number))
    onBadPiece(supply.wire)
  })
}

function giveUpPieces(torrent: Torrent, supplies: Map<number, Supply>, wire: Wire): void {
  if (torrent.destroyed) return
  let isFree = false
  for (const [piece, supply] of supplies) {
    // What is complete is being hashed, and then there is somebody to blame or to thank.
    if (supply.wire !== wire || isComplete(torrent, piece)) continue
    forget(supplies, piece)
    torrent._markUnverified(piece)
    isFree = true
  }
  // webtorrent looked for others when the requests failed, which was before the pieces were given up.
  if (isFree) setImmediate(() => torrent._update())
}

function expireAfter(patienceMs: number, torrent: Torrent): Pick<Supply, 'until' | 'timer'> {
  // A timer may fire a little before its time.
  const timer = setTimeout(() => torrent.destroyed || torrent._update(), patienceMs + 1).unref()
  return { until: performance.now() + patienceMs, timer }
}

function forget(supplies: Map<number, Supply>, piece: number): void {
  clearTimeout(supplies.get(piece)?.timer)
  supplies.delete(piece)
}

function isComplete({ pieces }: Torrent, piece: number): boolean {
  return pieces[piece]?.missing === 0
}
