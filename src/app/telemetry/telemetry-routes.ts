import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { StreamName } from '../../events/recorded-event.ts'
import type { HttpRoute } from '../../graphql/transport/http-route.ts'
import { countParked, countTorrents } from '../../projections/read-counts.ts'
import { readProjectionLags } from '../../projections/read-lags.ts'
import { checkHealth, type Checks } from '../../telemetry/health.ts'
import { createMetrics } from '../../telemetry/metrics/metrics.ts'
import { createWritingCheck } from '../../telemetry/writing-check.ts'
import type { TorrentClient } from '../../torrents/client/torrent-client.ts'
import { countWebhooks } from '../../webhooks/count-webhooks.ts'
import { meta } from '../begin-run.ts'
import type { NodeBase } from '../node-base.ts'
import { readFreeBytes } from '../packing/free-bytes.ts'
import type { Reactors } from '../reactors.ts'

export interface TelemetryUses {
  readonly version: string
  readonly client: Pick<TorrentClient, 'port' | 'traffic'>
  readonly reactors: Pick<Reactors, 'lags'>
}

/** What is asked of the node over plain HTTP by those who watch it. */
export interface TelemetryRoutes {
  readonly routes: readonly HttpRoute[]
  /** From now on the node is not ready. */
  stopping(): void
}

/** `/health/live`, `/health/ready` and `/metrics`. */
export function createTelemetryRoutes(base: NodeBase, uses: TelemetryUses): TelemetryRoutes {
  const metrics = createMetrics(base.telemetry.tallies, sourcesOf(base, uses))
  let isStopping = false
  return {
    routes: [
      // That it is answered says it all: the event loop turns.
      healthAt('/health/live', { eventLoop: () => true }),
      healthAt('/health/ready', { running: () => !isStopping, ...createReadyChecks(base, uses) }),
      {
        path: '/metrics',
        access: 'READER',
        handle: async (request, response) => send(request, response, 200, metrics.contentType, await metrics.read()),
      },
    ],
    stopping: () => {
      isStopping = true
    },
  }
}

function healthAt(path: string, checks: Checks): HttpRoute {
  return {
    path,
    access: 'ANYONE',
    handle: async (request, response) => {
      const { isWell: ok, checks: outcomes } = await checkHealth(checks)
      send(request, response, ok ? 200 : 503, 'application/json', `${JSON.stringify({ ok, checks: outcomes })}\n`)
    },
  }
}

function createReadyChecks(
  { settings: { dataDir }, stores: { db, log }, telemetry, wallClock }: NodeBase,
  { client }: TelemetryUses,
): Checks {
  const writing = createWritingCheck(
    async () => writeLeast(log),
    async () => readFreeBytes(dataDir),
    wallClock.now,
  )
  telemetry.onAppended(writing.appended)
  return {
    logWritable: async () => writing.isWritable(),
    torrentClientUp: () => client.port !== null,
    readModelsAtHead: async () => {
      const lags = await readProjectionLags(db, log.head())
      return lags.values().every((lag) => lag === 0)
    },
  }
}

function sourcesOf(
  { settings: { dataDir }, stores: { db, log, webhooks } }: NodeBase,
  { version, client, reactors }: TelemetryUses,
): Parameters<typeof createMetrics>[1] {
  return {
    version,
    headPosition: () => log.head(),
    readProjectionLags: async () => readProjectionLags(db, log.head()),
    reactorLags: () => reactors.lags(),
    readParked: async () => countParked(db),
    readTorrents: async () => countTorrents(db),
    countWebhooks: () => countWebhooks(webhooks.all()),
    traffic: () => client.traffic(),
    isTorrentClientUp: () => client.port !== null,
    readWalBytes: async () =>
      new Map([
        ['log', await sizeOf(join(dataDir, 'seedbank.db-wal'))],
        ['messages', await sizeOf(join(dataDir, 'messages.db-wal'))],
      ]),
  }
}

/** 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}

/** A receipt under a key of its own: the least that reaches the disk. It is forgotten as all receipts are. */
async function writeLeast(log: NodeBase['stores']['log']): Promise<void> {
  const receipt = { key: `writable-${randomUUID()}`, commandType: 'CheckWritable', inputHash: '', result: null }
  const stream = 'outside-the-log' as StreamName
  const [written] = await log.append([{ stream, expectedVersion: 0, events: [], meta: meta(), receipt }])
  if (written?.ok !== true) throw new Error('Cannot write to the log', { cause: written?.error })
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
): void {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', Connection: 'close' }).end()
    return
  }
  const headers = {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  }
  response.writeHead(status, headers).end(method === 'HEAD' ? undefined : body)
}
