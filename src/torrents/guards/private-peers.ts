import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import { isPrivateAddress } from '../../domain/private-address.ts'
import { hostOf } from './peer-host.ts'

/** Who may name any address. Local discovery is not among them: it is heard on the local network alone. */
const STRANGERS: ReadonlySet<unknown> = new Set(['tracker', 'dht', 'ut_pex'])

/**
 * Has no peer dialled on this machine or its network that a tracker, the distributed hash table or another peer names: they
 * would have the node knock at doors that are closed to them.
 */
export function dialNoPrivatePeers(client: WebTorrent): void {
  client.on('add', (torrent: Torrent) => {
    const addPeer = torrent.addPeer
    torrent.addPeer = (peer, source) => {
      const isRefused = typeof peer === 'string' && STRANGERS.has(source) && isPrivateAddress(hostOf(peer))
      return !isRefused && addPeer.call(torrent, peer, source)
    }
  })
}
