import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { isDictionary, readBencode, type Bencoded } from '../../src/formats/bencode-parser.ts'
import { createTracker, type Tracker, type TrackerOptions } from '../../src/torrents/tracker/tracker.ts'

/** A torrent that the tracker of a test knows. */
export const KNOWN = '00ff25206b6e6f776e20746f7272656e742121aa' as InfoHash
/** A torrent that it does not know. */
export const UNKNOWN = '11'.repeat(20) as InfoHash

/** A tracker on an HTTP server as the API has one. */
export interface TrackerHost {
  readonly tracker: Tracker
  readonly port: number
}

/** Starts a tracker that knows `KNOWN`, on loopback, for as long as the test runs. */
export async function startTracker(options: Partial<TrackerOptions> = {}): Promise<TrackerHost> {
  const tracker = await createTracker({ isKnown: (infoHash) => infoHash === KNOWN, udp: null, ...options })
  const server = createServer((request, response) => {
    if (!tracker.handleRequest(request, response)) response.writeHead(404).end('not the tracker')
  })
  server.on('upgrade', (request, socket, head) => {
    if (!tracker.handleUpgrade(request, socket, head)) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    await tracker.stop()
    server.closeAllConnections()
    server.close()
  })
  return { tracker, port: (server.address() as AddressInfo).port }
}

/** What the tracker answers to an HTTP request, decoded; byte strings as Latin-1. */
export async function ask({ port }: TrackerHost, pathAndQuery: string): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}${pathAndQuery}`)
  const answer = readBencode(await response.bytes())
  if (answer === null) throw new Error(`Expected a bencoded answer to ${pathAndQuery}`)
  return asText(answer.value) as Record<string, unknown>
}

function asText(value: Bencoded): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (typeof value === 'number') return value
  if (Array.isArray(value)) return value.map(asText)
  return isDictionary(value) && Object.fromEntries([...value.entries].map(([key, each]) => [key, asText(each)]))
}

/** The path and query of an announce by a client on `port`; `extra` goes to its end. */
export function announcePath(port: number, extra = '&compact=1', infoHash: string = KNOWN): string {
  const peerId = `-TT0001-${String(port).padStart(12, '0')}`
  return `/announce?info_hash=${percent(infoHash)}&peer_id=${peerId}&port=${port}&left=0${extra}`
}

/** Every byte of a hex text as a percent sign and two digits. */
export function percent(hex: string): string {
  return hex.replaceAll(/../g, '%$&')
}

/** The addresses in a compact answer, as `ip:port`. */
export function peersOf(answer: Record<string, unknown>): string[] {
  const bytes = Buffer.from(String(answer['peers']), 'latin1')
  return Array.from({ length: bytes.length / 6 }, (_, index) => {
    const at = index * 6
    return `${[...bytes.subarray(at, at + 4)].join('.')}:${bytes.readUInt16BE(at + 4)}`
  })
}
