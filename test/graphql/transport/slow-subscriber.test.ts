import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { DomainEvent } from '../../../src/domain/events.ts'
import type { EventLog } from '../../../src/events/event-log.ts'
import { communityStream, type CorrelationId } from '../../../src/events/recorded-event.ts'
import { eventually } from '../../support/eventually.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { valueOf } from '../../support/value-of.ts'

const COMMUNITY = `0x${'51'.repeat(32)}` as CommunityId
const EVENTS = 5000
/** Each signal is 4 kB long, so that no socket buffers them all. */
const QUERY = `subscription { signals(after: "START") { __typename ${'x'.repeat(4000)}: cursor } }`

async function recordMany(log: EventLog, count: number): Promise<void> {
  const meta = { actor: 'local', correlationId: crypto.randomUUID() as CorrelationId, causationId: null } as const
  const stream = communityStream(COMMUNITY)
  for (let version = 0; version < count; version += 1000) {
    const events = Array.from({ length: Math.min(1000, count) }, (_, index): DomainEvent => {
      return { type: index % 2 === 0 ? 'ArchivingEnabled' : 'ArchivingDisabled', communityId: COMMUNITY, data: {} }
    })
    const [outcome] = await log.append([{ stream, expectedVersion: version, events, meta, receipt: null }])
    if (outcome !== undefined) valueOf(outcome)
  }
}

/** Counts what is pulled from the log, and which tails are open. */
async function openCounted(
  count = EVENTS,
): Promise<OpenApi & { readonly pulled: () => number; readonly tails: () => number }> {
  let pulled = 0
  let tails = 0
  const api = await openApi({
    wrapLog: (log) => ({
      logId: log.logId,
      head: () => log.head(),
      read: async (query) => log.read(query),
      readChained: (after, upTo) => log.readChained(after, upTo),
      readStream: (stream, after) => log.readStream(stream, after),
      tail: async function* tail(after, signal) {
        tails += 1
        try {
          for await (const recorded of log.tail(after, signal)) {
            pulled += 1
            yield recorded
          }
        } finally {
          tails -= 1
        }
      },
    }),
  })
  await recordMany(api.stores.log, count)
  return { ...api, pulled: () => pulled, tails: () => tails }
}

/** Resolves when the server has not pulled anything for a while: it waits for the client. */
async function stalled(pulled: () => number): Promise<number> {
  let before = -1
  await vi.waitFor(
    () => {
      const now = pulled()
      const isStill = now > 0 && now === before
      before = now
      expect(isStill).toBe(true)
    },
    { timeout: 15_000, interval: 300 },
  )
  return pulled()
}

async function readAll(url: string): Promise<number> {
  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  let count = 0
  for await (const { data } of client.iterate({ query: QUERY })) {
    if (data != null) count += 1
    if (count === EVENTS) break
  }
  return count
}

/** A client that subscribes and then reads nothing, and lets itself be asked to read on. */
interface Lazy {
  readonly readOn: () => void
  readonly received: () => number
  readonly leave: () => void
}

const transports: Record<string, (api: OpenApi) => Promise<Lazy>> = {
  WebSocket: async ({ url }) => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
    await once(socket, 'open')
    socket.send('{"type":"connection_init"}')
    await once(socket, 'message')
    let received = 0
    socket.on('message', () => (received += 1))
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }))
    socket.pause()
    return { readOn: () => socket.resume(), received: () => received, leave: () => socket.terminate() }
  },
  SSE: async ({ port }) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
    const sent = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers })
    sent.end(JSON.stringify({ query: QUERY }))
    const [response] = await once(sent, 'response')
    let received = 0
    response.on('error', () => {})
    return {
      readOn: () => {
        createInterface(response).on('line', (line) => (received += line === 'event: next' ? 1 : 0))
      },
      received: () => received,
      leave: () => response.destroy(),
    }
  },
}

test.each(Object.entries(transports))(
  'over %s, a client that does not read is not pulled for, holds up nobody and misses nothing',
  { timeout: 60_000 },
  async (_name, subscribe) => {
    const api = await openCounted()
    const lazy = await subscribe(api)
    const pulledForLazy = await stalled(api.pulled)
    expect(pulledForLazy).toBeLessThan(EVENTS)

    expect(await readAll(api.url)).toBe(EVENTS)
    // Nobody but the other one was read for, save a few that were on their way.
    expect(api.pulled()).toBeLessThan(pulledForLazy + EVENTS + 10)

    lazy.readOn()
    await eventually(() => expect(lazy.received()).toBe(EVENTS))
    lazy.leave()
    await eventually(() => expect(api.tails()).toBe(0))
    expect(api.faults).toEqual([])
  },
)

test.each(Object.entries(transports))(
  'over %s, a client that leaves in the middle lets go of the log',
  { timeout: 60_000 },
  async (_name, subscribe) => {
    const api = await openCounted()
    const lazy = await subscribe(api)
    await stalled(api.pulled)
    expect(api.tails()).toBe(1)

    lazy.leave()
    await eventually(() => expect(api.tails()).toBe(0))
    expect(api.faults).toEqual([])
  },
)

test.each(Object.entries(transports))(
  'over %s, a client that waits and leaves lets go of the log',
  async (_name, subscribe) => {
    const api = await openCounted(10)
    const lazy = await subscribe(api)
    lazy.readOn()
    await eventually(() => expect(lazy.received()).toBe(10))
    expect(api.tails()).toBe(1)

    lazy.leave()
    await eventually(() => expect(api.tails()).toBe(0))
    expect(api.faults).toEqual([])
  },
)
