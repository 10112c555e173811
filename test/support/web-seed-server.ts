import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { SEED_PATH } from '../../src/domain/web-seed.ts'
import type { SeedGate } from '../../src/torrents/web-seed/seed-file.ts'
import {
  createSeedStreams,
  SEED_STREAM_LIMITS,
  type SeedStreamLimits,
} from '../../src/torrents/web-seed/seed-streams.ts'
import type { SeededFiles } from '../../src/torrents/web-seed/seeded-versions.ts'
import { createWebSeed } from '../../src/torrents/web-seed/web-seed.ts'

/** A web seed on a port of loopback, and what it serves. */
export interface WebSeedServer {
  /** Without a final slash. */
  readonly url: string
  /** What is served: change it at will. */
  readonly served: Map<InfoHash, SeededFiles>
  /** What it said could not be given. */
  readonly failed: { readonly infoHash: InfoHash; readonly error: unknown }[]
  /** How many bytes it sent. */
  sentBytes(): number
  readonly server: Server
  close(): Promise<void>
}

/** Starts one that serves nothing yet. */
export async function startWebSeedServer(
  limits: Partial<SeedStreamLimits> = {},
  admitted: Partial<Pick<SeedGate, 'admitStream' | 'admitBytes'>> = {},
): Promise<WebSeedServer> {
  const served = new Map<InfoHash, SeededFiles>()
  const failed: { infoHash: InfoHash; error: unknown }[] = []
  let [url, sent] = ['', 0]
  const { handle } = createWebSeed(
    {
      findServed: async (infoHash) => served.get(infoHash) ?? null,
      isServed: (infoHash) => served.has(infoHash),
      webSeedsOf: (infoHash) => [`${url}${SEED_PATH}${infoHash}/`],
      admitStream: async () => new DisposableStack(),
      admitBytes: async () => undefined,
      ...admitted,
      onSent: (_infoHash, bytes) => void (sent += bytes),
      onFailed: (infoHash, error) => failed.push({ infoHash, error }),
    },
    createSeedStreams({ ...SEED_STREAM_LIMITS, ...limits }),
  )
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    served,
    failed,
    sentBytes: () => sent,
    server,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
