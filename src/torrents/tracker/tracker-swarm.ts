import Server, { type AnnounceCallback, type AnnounceParams, type SwarmPeer } from 'bittorrent-tracker/server'
import { isPrivateAddress } from '../../domain/private-address.ts'

/** How many peers of one torrent are remembered; the ones heard of last stay. */
export const MAX_PEERS_PER_SWARM = 1_000
/** How many of them one address can be, so that nobody alone pushes the others out. */
export const MAX_PEERS_PER_ADDRESS = 32
/** A peer that leaves this much unread is stuck, and its connection is closed. */
export const MAX_UNREAD_BYTES = 1_048_576

/**
 * The peers of one torrent.
 *
 * What it adds to the library's: private addresses are told to private askers alone, this node comes first in every
 * answer and is never pushed out, and a WebSocket peer belongs to the connection that announced it last.
 */
export class TrackerSwarm extends Server.Swarm {
  /** The address, as `ip:port`, under which this node entered itself. */
  ownAddress: string | null = null

  override announce(params: AnnounceParams, callback?: AnnounceCallback): void {
    const refusal = this.#refusalOf(params)
    if (refusal !== null) {
      callback?.(new Error(refusal))
      return
    }
    if (params.type === 'ws') {
      this.#announceSocket(params, callback)
      return
    }
    if (this.ownAddress !== null) this.peers.get(this.ownAddress) // Marks it as used, so it is the last to be evicted.
    super.announce({ ...params, numwant: 0 }, (error, response) => {
      callback?.(error, response && { ...response, peers: this.#choose(params) })
    })
  }

  #refusalOf(params: AnnounceParams): string | null {
    const known = this.peers.peek(keyOf(params))
    if (params.event === 'stopped') {
      const isForeign = params.socket !== undefined && known !== undefined && known.socket !== params.socket
      return isForeign ? 'the peer is not of this connection' : null
    }
    const others = known === undefined && params.ip !== undefined ? this.#countOf(params.ip) : 0
    return others >= MAX_PEERS_PER_ADDRESS ? 'too many peers of one address' : null
  }

  #announceSocket(params: AnnounceParams, callback?: AnnounceCallback): void {
    const held = this.peers.peek(keyOf(params))
    const isElsewhere = params.socket !== undefined && held !== undefined && held.socket !== params.socket
    if (isElsewhere) super.announce({ ...params, event: 'stopped' })
    if (callback === undefined) {
      super.announce(params)
      return
    }
    super.announce(params, (error, response) => {
      callback(error, response && { ...response, peers: response.peers.filter(isReading) })
    })
  }

  /** Peers for an HTTP or UDP asker: this node first, then others by chance. */
  #choose(params: AnnounceParams): readonly SwarmPeer[] {
    const isInside = isPrivateAddress(params.ip ?? '')
    const own = this.ownAddress
    const keys = shuffled(this.peers.keys.filter((key) => key !== own && key !== params.addr))
    const chosen: SwarmPeer[] = []
    for (const key of own === null || own === params.addr ? keys : [own, ...keys]) {
      if (chosen.length >= params.numwant) break
      const peer = this.peers.peek(key)
      if (peer === undefined || peer.type === 'ws') continue
      if (isInside || key === own || !isPrivateAddress(peer.ip)) chosen.push(peer)
    }
    return chosen
  }

  #countOf(ip: string): number {
    return this.peers.keys.filter((key) => this.peers.peek(key)?.ip === ip).length
  }
}

/** The key under which the library keeps a peer. */
function keyOf({ type, peer_id, addr }: AnnounceParams): string {
  return type === 'ws' ? peer_id : (addr ?? '')
}

function isReading({ socket }: SwarmPeer): boolean {
  if (socket === undefined || socket.bufferedAmount <= MAX_UNREAD_BYTES) return true
  socket.terminate()
  return false
}

/** In an order by chance (Fisher and Yates). */
function shuffled(keys: string[]): string[] {
  for (let last = keys.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    const [one = '', two = ''] = [keys[last], keys[other]]
    keys[last] = two
    keys[other] = one
  }
  return keys
}
