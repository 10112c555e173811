import bencode from 'bencode'
import type Server from 'bittorrent-tracker/server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { InfoHash } from '../../domain/info-hash.ts'
import { findHttpFault, type IsKnown } from './tracker-request.ts'
import { encodeScrape } from './tracker-scrape.ts'
import { createTrackerSelf, type SelfAddress } from './tracker-self.ts'
import { createTrackerServer, TRACKER_INTERVAL_MS } from './tracker-server.ts'
import { createTrackerSockets } from './tracker-sockets.ts'
import { openUdpTracker } from './tracker-udp.ts'

export interface TrackerOptions {
  /** Whether this node seeds or follows the torrent; others are refused. Asked for each announce, so it is quick. */
  readonly isKnown: IsKnown
  /** Where to listen for UDP, an IPv4 address; null for HTTP and WebSocket alone. */
  readonly udp: { readonly host: string; readonly port: number } | null
}

/**
 * The built-in tracker: with it a magnet link is enough to find this node, without anybody else's infrastructure.
 *
 * Whatever a client sends, it gets an answer, an error or a closed connection; nothing is thrown into the process.
 */
export interface Tracker {
  /** The UDP port; null without UDP. */
  readonly udpPort: number | null
  /** Answers `/announce` and `/scrape`; false, and nothing done, for any other path. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean
  /** Takes a WebSocket on `/announce`; false, and nothing done, for any other path. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /**
   * Enters this node as a seeder of exactly these torrents, and again every ten minutes until told otherwise.
   *
   * Torrents that are no longer known are forgotten with all their peers.
   *
   * @param self Where members reach this node's torrent client.
   */
  announceSelf(infoHashes: readonly InfoHash[], self: SelfAddress): void
  /** Closes every connection. Requests are refused afterwards. */
  stop(): Promise<void>
}

/**
 * Starts a tracker for HTTP and WebSocket on a server of the caller's, and for UDP on a port of its own.
 *
 * @throws When the UDP port cannot be bound.
 * @see BEP 3, BEP 15, BEP 23, BEP 48: https://www.bittorrent.org/beps/bep_0000.html
 */
export async function createTracker({ isKnown, udp }: TrackerOptions): Promise<Tracker> {
  const server = createTrackerServer(isKnown)
  const sockets = createTrackerSockets(server, isKnown)
  const udpTracker = udp === null ? null : await openUdpTracker(server, udp, isKnown)
  const self = createTrackerSelf(server, isKnown)
  const timer = setInterval(() => self.enter(), TRACKER_INTERVAL_MS).unref()
  let isStopped = false

  return {
    udpPort: udpTracker?.port ?? null,
    handleRequest(request, response) {
      if (!isPath(request, '/announce') && !isPath(request, '/scrape')) return false
      const fault = isStopped ? 'the tracker is stopped' : findHttpFault(request.url ?? '', isKnown)
      answer(server, request, response, fault)
      return true
    },
    handleUpgrade(request, socket, head) {
      if (isStopped || !isPath(request, '/announce')) return false
      sockets.accept(request, socket, head)
      return true
    },
    announceSelf: (infoHashes, address) => self.announce(infoHashes, address),
    async stop() {
      if (isStopped) return
      isStopped = true
      clearInterval(timer)
      sockets.close()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

function isPath({ url = '' }: IncomingMessage, path: string): boolean {
  return url === path || url.startsWith(`${path}?`)
}

function answer(server: Server, request: IncomingMessage, response: ServerResponse, fault: string | null): void {
  response.setHeader('Content-Type', 'text/plain')
  response.setHeader('Cache-Control', 'no-store')
  if (request.method !== 'GET') {
    response.writeHead(405, { Allow: 'GET' }).end()
  } else if (fault !== null) {
    response.end(bencode.encode({ 'failure reason': fault }))
  } else if (isPath(request, '/scrape')) {
    response.end(encodeScrape(server, request.url ?? ''))
  } else {
    request.url = withCompact(request.url ?? '')
    server.onHttpRequest(request, response)
  }
}

/** Asks for compact peers (BEP 23): in the long form the library writes peer ids as UTF-8, which they are not. */
function withCompact(url: string): string {
  return `${url.replaceAll(/&compact=[^&]*/g, '').replace(/\?compact=[^&]*&/, '?')}&compact=1`
}
