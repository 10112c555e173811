/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type { Torrent } from 'webtorrent'
import { hostOf } from './peer-host.ts'
import { supplyEachPieceFromOne } from './piece-suppliers.ts'
import { createRefusedAddresses } from './refused-addresses.ts'
import { disconnect } from './wire-parser.ts'

/**
 * Leaves a peer that sent a bad piece, and has nothing more to do with its address for as long as the torrent is there.
 *
 * webtorrent itself would ask it again at once, for ever. Install it before the first peer is there.
 *
 * @returns Does the same to a peer for other reasons.
 */
export function banBadSuppliers(torrent: Torrent): (supplier: Wire) => void {
  const banned = createRefusedAddresses(1, () => 0) // No time passes, so that nothing is forgiven.
  const isBanned = ({ remoteAddress }: Wire): boolean => remoteAddress !== undefined && banned.refuses(remoteAddress)
  const addPeer = torrent._addPeer.bind(torrent)

  torrent._addPeer = (peer, type, source) =>
    typeof peer === 'string' && banned.refuses(hostOf(peer)) ? null : addPeer(peer, type, source)
  torrent.on('wire', (wire: Wire) => {
    if (isBanned(wire)) disconnect(wire)
  })
  const ban = (supplier: Wire): void => {
    disconnect(supplier)
    if (supplier.remoteAddress === undefined) return // A peer of WebRTC.
    banned.blame(supplier.remoteAddress)
    torrent.wires.filter(isBanned).forEach(disconnect)
  }
  supplyEachPieceFromOne(torrent, ban)
  return ban
}
