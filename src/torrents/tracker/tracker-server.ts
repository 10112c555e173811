import Server from 'bittorrent-tracker/server'
import { isKnownHash, type IsKnown } from './tracker-request.ts'
import { MAX_PEERS_PER_SWARM, TrackerSwarm } from './tracker-swarm.ts'

/** How often clients come back, and this node enters itself again. Half of what a peer is remembered for. */
export const TRACKER_INTERVAL_MS = 600_000
/** The longest WebSocket message: an announce with 82 offers of 3 kB. */
const MAX_MESSAGE_BYTES = 262_144

/** The library's server without any port of its own, and with swarms of ours. */
export function createTrackerServer(isKnown: IsKnown): Server {
  const server = new Server({
    http: false,
    udp: false,
    stats: false,
    ws: { noServer: true, maxPayload: MAX_MESSAGE_BYTES },
    interval: TRACKER_INTERVAL_MS,
    peersCacheLength: MAX_PEERS_PER_SWARM,
    peersCacheTtl: 2 * TRACKER_INTERVAL_MS,
    filter: (infoHash, _params, callback) => {
      callback(isKnownHash(infoHash, isKnown) ? null : new Error('this tracker does not know the torrent'))
    },
  })
  server.createSwarm = (infoHash, callback) => callback(null, swarmOf(server, infoHash))
  return server
}

/** The swarm of a torrent, made when it is first asked for: the library's way loses a peer of two that come together. */
export function swarmOf(server: Server, infoHash: string): TrackerSwarm {
  const known = server.torrents[infoHash]
  if (known instanceof TrackerSwarm) return known
  const swarm = new TrackerSwarm(infoHash, server)
  server.torrents[infoHash] = swarm
  return swarm
}
