/**
 * As much of bittorrent-tracker 11.2 as the built-in tracker uses.
 *
 * `onMessageBound`, `upgradeReq` and the swarm's `peers` are not documented there. They are used where no documented
 * way exists, and the tracker's tests fail if a release moves them.
 */
declare module 'bittorrent-tracker/server' {
  import type { Socket as UdpSocket, RemoteInfo } from 'node:dgram'
  import type { EventEmitter } from 'node:events'
  import type { IncomingMessage, ServerResponse } from 'node:http'
  import type { WebSocket, WebSocketServer } from 'ws'

  export type TrackerEvent = 'started' | 'stopped' | 'completed' | 'update' | 'paused'

  export interface TrackerSocket extends WebSocket {
    upgradeReq?: IncomingMessage | null
    /** The tracker's own listener; null once the socket is closed. */
    onMessageBound: ((data: string) => void) | null
  }

  export interface AnnounceParams {
    readonly type: 'http' | 'udp' | 'ws'
    readonly event: TrackerEvent
    /** 20 bytes in hex. */
    readonly peer_id: string
    readonly numwant: number
    readonly left?: number
    /** Absent when the tracker itself says that a WebSocket closed. */
    readonly ip?: string
    readonly port?: number
    readonly addr?: string
    readonly socket?: TrackerSocket
  }

  export interface SwarmPeer {
    readonly type: 'http' | 'udp' | 'ws'
    readonly peerId: string
    readonly ip: string
    readonly port: number
    readonly complete: boolean
    readonly socket?: TrackerSocket
  }

  export interface AnnounceResponse {
    readonly complete: number
    readonly incomplete: number
    readonly peers: readonly SwarmPeer[]
  }

  export type AnnounceCallback = (error: Error | null, response?: AnnounceResponse) => void

  export class Swarm {
    constructor(infoHash: string, server: Server)
    readonly infoHash: string
    readonly complete: number
    readonly incomplete: number
    readonly peers: {
      readonly keys: readonly string[]
      get(key: string): SwarmPeer | undefined
      peek(key: string): SwarmPeer | undefined
    }
    announce(params: AnnounceParams, callback?: AnnounceCallback): void
  }

  export interface ServerOptions {
    readonly interval?: number
    readonly peersCacheLength?: number
    readonly peersCacheTtl?: number
    readonly http: false
    readonly udp: false
    readonly stats: false
    readonly ws: { readonly noServer: true; readonly maxPayload: number }
    readonly filter: (infoHash: string, params: unknown, callback: (error: Error | null) => void) => void
  }

  export default class Server extends EventEmitter {
    static Swarm: typeof Swarm
    constructor(options: ServerOptions)
    readonly torrents: Record<string, Swarm>
    readonly ws: WebSocketServer
    udp4: UdpSocket | null
    createSwarm(infoHash: string, callback: (error: Error | null, swarm: Swarm) => void): void
    onHttpRequest(request: IncomingMessage, response: ServerResponse): void
    onUdpRequest(message: Buffer, from: RemoteInfo): void
    onWebSocketConnection(socket: TrackerSocket): void
    close(callback?: () => void): void
  }
}
