import type Server from 'bittorrent-tracker/server'
import { randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { InfoHash } from '../../domain/info-hash.ts'
import { isKnownHash, type IsKnown } from './tracker-request.ts'
import { swarmOf } from './tracker-server.ts'

/** Where members reach this node's torrent client. */
export interface SelfAddress {
  /** An IP address. */
  readonly address: string
  readonly port: number
}

/** Keeps this node in the swarms of what it serves. */
export interface TrackerSelf {
  /** Enters it in exactly these swarms, and forgets the swarms of torrents that are no longer known. */
  announce(infoHashes: readonly InfoHash[], self: SelfAddress): void
  /** Enters it again where it is. */
  enter(): void
}

/** Announces this node to its own tracker, as nobody from outside could: under its public address. */
export function createTrackerSelf(server: Server, isKnown: IsKnown): TrackerSelf {
  const peerId = Buffer.concat([Buffer.from('-SB0001-'), randomBytes(12)]).toString('hex')
  let entered = new Map<InfoHash, SelfAddress>()

  function say(event: 'update' | 'stopped', infoHash: InfoHash, { address: ip, port }: SelfAddress): void {
    const addr = `${isIPv6(ip) ? `[${ip}]` : ip}:${port}`
    const swarm = swarmOf(server, infoHash)
    swarm.ownAddress = event === 'stopped' ? null : addr
    swarm.announce({ type: 'http', event, peer_id: peerId, numwant: 0, left: 0, ip, port, addr }, (error) => {
      if (error !== null) server.emit('warning', error)
    })
  }

  return {
    announce(infoHashes, self) {
      for (const [infoHash, address] of entered) say('stopped', infoHash, address)
      entered = new Map(infoHashes.map((infoHash) => [infoHash, self]))
      this.enter()
      for (const infoHash of Object.keys(server.torrents)) {
        if (!isKnownHash(infoHash, isKnown)) delete server.torrents[infoHash]
      }
    },
    enter() {
      for (const [infoHash, address] of entered) say('update', infoHash, address)
    },
  }
}
