import type { AnnounceParams, TrackerSocket } from 'bittorrent-tracker/server'
import type Server from 'bittorrent-tracker/server'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { findSocketFault, type IsKnown } from './tracker-request.ts'
import { MAX_UNREAD_BYTES } from './tracker-swarm.ts'

/** How many WebSockets are open at a time. */
const MAX_SOCKETS = 1_000
/** How many (torrent, peer) pairs one of them may enter. */
const MAX_ENTRIES_PER_SOCKET = 512
/** A client announces every two minutes; one that is silent for this long is gone. */
const IDLE_MS = 600_000

/** The WebSockets of the tracker, over which browsers' peers find each other. */
export interface TrackerSockets {
  /** Takes a connection over; refuses it with 503 when there are too many. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** Accepts WebSockets for the tracker, hands it what is sound, and closes those who send anything else. */
export function createTrackerSockets(server: Server, isKnown: IsKnown): TrackerSockets {
  const open = new Set<TrackerSocket>()
  return {
    accept(request, socket, head) {
      if (open.size >= MAX_SOCKETS) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
        return
      }
      server.ws.handleUpgrade(request, socket, head, (upgraded) => {
        const client = upgraded as TrackerSocket
        open.add(client)
        client.on('close', () => open.delete(client))
        client.upgradeReq = request
        attach(server, client, isKnown)
      })
    },
    close() {
      for (const socket of open) socket.terminate()
    },
  }
}

function attach(server: Server, socket: TrackerSocket, isKnown: IsKnown): void {
  server.onWebSocketConnection(socket)
  // The library would parse whatever comes; only the listener below hears the messages.
  if (socket.onMessageBound !== null) socket.off('message', socket.onMessageBound)
  const entries: Entries = new Map()
  const idle = setTimeout(() => socket.terminate(), IDLE_MS).unref()
  socket.on('message', (data: Buffer) => {
    idle.refresh()
    const text = data.toString('utf8')
    const fault = findSocketFault(text, isKnown) ?? findOverload(socket, entries)
    if (fault === null) {
      enter(entries, text)
      socket.onMessageBound?.(text)
    } else {
      socket.send(JSON.stringify({ 'failure reason': fault }))
      socket.close(1008, fault)
    }
  })
  socket.on('close', () => {
    clearTimeout(idle)
    leave(server, socket, entries)
  })
}

/** What a connection entered: how to take each of them out again, by torrent and peer. */
type Entries = Map<string, AnnounceParams & { readonly infoHash: string }>

function findOverload(socket: TrackerSocket, entries: Entries): string | null {
  if (socket.bufferedAmount > MAX_UNREAD_BYTES) return 'too much is unread'
  return entries.size >= MAX_ENTRIES_PER_SOCKET ? 'too many torrents' : null
}

/** Remembers what a sound announce enters, so that all of it is gone with the connection. */
function enter(entries: Entries, text: string): void {
  const { action, info_hash, peer_id } = JSON.parse(text) as Readonly<Record<string, string>>
  if (action !== 'announce' || info_hash === undefined || peer_id === undefined) return
  const infoHash = Buffer.from(info_hash, 'latin1').toString('hex')
  const peerId = Buffer.from(peer_id, 'latin1').toString('hex')
  entries.set(infoHash + peerId, { type: 'ws', event: 'stopped', numwant: 0, peer_id: peerId, infoHash })
}

/** Takes out what a connection entered, save what another one announced since. The library forgets all but one. */
function leave(server: Server, socket: TrackerSocket, entries: Entries): void {
  for (const { infoHash, ...params } of entries.values()) {
    const swarm = server.torrents[infoHash]
    if (swarm?.peers.peek(params.peer_id)?.socket === socket) swarm.announce(params)
  }
}
