import type { AnnounceParams } from 'bittorrent-tracker/server'
import { describe, expect, test } from 'vitest'
import { createTrackerServer } from '../../../src/torrents/tracker/tracker-server.ts'
import { createTrackerSelf } from '../../../src/torrents/tracker/tracker-self.ts'
import { MAX_PEERS_PER_SWARM, type TrackerSwarm } from '../../../src/torrents/tracker/tracker-swarm.ts'
import { swarmOf } from '../../../src/torrents/tracker/tracker-server.ts'
import { KNOWN } from '../../support/tracker-host.ts'

describe('private peers', () => {
  test.each(['127.0.0.1', '10.1.2.3', '192.168.0.9', 'fe80::1'])('(%s) are shown to private askers alone', (ip) => {
    const swarm = emptySwarm()
    announce(swarm, ip, 1)
    announce(swarm, '203.0.113.7', 2)

    expect(announce(swarm, '203.0.113.8', 3)).toEqual(['203.0.113.7:2'])
    expect(announce(swarm, '192.168.0.4', 4)).toContain(`${ip}:1`)
  })
})

test('a crowd of peers never pushes the node out, and is bounded', () => {
  const server = createTrackerServer(() => true)
  createTrackerSelf(server, () => true).announce([KNOWN], { address: '203.0.113.1', port: 6_881 })
  const swarm = swarmOf(server, KNOWN)
  for (let number = 0; number < 2 * MAX_PEERS_PER_SWARM; number += 1) {
    announce(swarm, `198.51.${Math.floor(number / 100)}.${number % 100}`, 1)
  }

  expect(swarm.peers.keys).toHaveLength(MAX_PEERS_PER_SWARM)
  expect(announce(swarm, '203.0.113.9', 2)[0]).toBe('203.0.113.1:6881')
})

test('a torrent that is no longer known is forgotten with its peers', () => {
  let isKnown = true
  const server = createTrackerServer(() => isKnown)
  const self = createTrackerSelf(server, () => isKnown)
  announce(swarmOf(server, KNOWN), '203.0.113.9', 2)

  isKnown = false
  self.announce([], { address: '203.0.113.1', port: 6_881 })

  expect(server.torrents).toEqual({})
})

function emptySwarm(): TrackerSwarm {
  return swarmOf(
    createTrackerServer(() => true),
    KNOWN,
  )
}

/** Announces a seeder; returns the peers that it is told of, as `ip:port`. */
function announce(swarm: TrackerSwarm, ip: string, port: number): readonly string[] {
  const params: AnnounceParams = {
    type: 'http',
    event: 'started',
    peer_id: 'aa'.repeat(20),
    numwant: 50,
    left: 0,
    ip,
    port,
    addr: `${ip}:${port}`,
  }
  let told: readonly string[] = []
  swarm.announce(params, (error, response) => {
    if (error !== null) throw error
    told = response?.peers.map((peer) => `${peer.ip}:${peer.port}`) ?? []
  })
  return told
}
