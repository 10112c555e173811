import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { ok } from '../../../src/domain/result.ts'
import { EVERYTHING } from '../../../src/domain/access.ts'
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../../../src/graphql/transport/transport-limits.ts'
import * as facts from '../../support/community-facts.ts'
import { ask } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'
import { createTestCallers } from '../../support/test-callers.ts'

const SIGNALS = 'subscription { signals(after: "START") { __typename } }'
/** Of some 33,000 fields: as many as 34 operations. */
const COSTLY = '{ communities(first: 500) { edges { node { archives(first: 15) { edges { node { archiveId } } } } } } }'
const CROWD = { 'x-forwarded-for': '203.0.113.7', accept: 'application/json' }

async function open(limits: Partial<TransportLimits>): Promise<OpenApi> {
  return openApi({ ports: { authenticate: createTestCallers().authenticate }, limits })
}

function bearer(token: string): Record<string, string> {
  return { ...CROWD, authorization: `Bearer ${token}` }
}

function streaming(token: string): Record<string, string> {
  return { ...bearer(token), accept: 'text/event-stream' }
}

/** A WebSocket that is initialised, or the code that it was closed with. */
async function openSocket(url: string, headers: Record<string, string>): Promise<WebSocket | number> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers })
  onTestFinished(() => socket.terminate())
  const refused = new Promise<number>((resolve) => {
    socket.on('error', () => {})
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('close', resolve)
  })
  const opened = once(socket, 'open').then(async () => {
    socket.send('{"type":"connection_init"}')
    await once(socket, 'message')
    return socket
  })
  return Promise.race([opened, refused])
}

/** What one operation over a WebSocket is answered with. */
async function askOver(socket: WebSocket | number, query: string): Promise<unknown> {
  if (typeof socket === 'number') throw new Error(`The connection was refused with ${socket}`)
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
  const [message] = await once(socket, 'message')
  return JSON.parse(String(message))
}

test('each caller has operations of its own, those that cost much count as many, and all transports count', async () => {
  const { url, faults } = await open({ operationsPerSecond: 5, anonymousOperationsPerSecond: 1 })
  const statusOf = async (headers: Record<string, string>, query = '{ __typename }') =>
    (await ask(url, query, {}, headers)).status
  const socket = await openSocket(url, bearer('viewer1'))
  expect(await askOver(socket, '{ __typename }')).toMatchObject({ type: 'next' })
  expect((await ask(url, COSTLY, {}, bearer('viewer1'))).errors).toBeUndefined()
  // One more than the 50 of ten seconds.
  const many = Array.from({ length: 20 }, async () => statusOf(bearer('viewer1')))
  expect((await Promise.all(many)).filter((status) => status === 429).length).toBeGreaterThan(0)

  const refused = await ask(url, '{ __typename }', {}, bearer('viewer1'))
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
  expect(await askOver(socket, '{ __typename }')).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'RATE_LIMITED' } }],
  })
  await expect(subscribeOverSse(url, SIGNALS, {}, streaming('viewer1')).next()).rejects.toThrow('429')

  expect(await statusOf(bearer('viewer2'))).toBe(200)
  const nobody = Array.from({ length: 11 }, async () => statusOf(CROWD))
  expect((await Promise.all(nobody)).filter((status) => status === 429)).toHaveLength(1)
  // This machine itself is not limited.
  const local = Array.from({ length: 60 }, async () => statusOf({}))
  expect(new Set(await Promise.all(local))).toEqual(new Set([200]))
  expect(faults).toEqual([])
})

test('a long document counts as many, also where it is refused', async () => {
  const { url } = await open({ operationsPerSecond: 2 })
  const codeOf = async (query: string) =>
    (await ask(url, query, {}, bearer('viewer1'))).errors?.[0]?.extensions?.['code']
  const long = `{ plum${' '.repeat(10 * 4096)} }`
  expect(await codeOf(long)).toBe('GRAPHQL_VALIDATION_FAILED')
  expect(await codeOf(long)).toBe('RATE_LIMITED')
  const socket = await openSocket(url, bearer('viewer2'))
  expect(await askOver(socket, long)).toMatchObject({
    payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  })
  expect(await askOver(socket, long)).toMatchObject({ payload: [{ extensions: { code: 'RATE_LIMITED' } }] })
})

test('a storm of subscriptions ends at the limit of its caller, and what ends makes room', async () => {
  const { url, stores } = await open({ subscriptionsPerCaller: 30, operationsPerSocket: 20 })
  await recordFacts(stores.log, facts.ready)
  const socket = await openSocket(url, bearer('viewer1'))
  if (typeof socket === 'number') throw new Error(`The connection was refused with ${socket}`)
  const answers = new Map<string, string>()
  socket.on('message', (data: Buffer) => {
    const { id, type, payload } = JSON.parse(data.toString())
    answers.set(id, type === 'error' ? payload[0].extensions.code : type)
  })
  for (let id = 0; id < 300; id += 1) {
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: SIGNALS } }))
  }
  const count = (answer: string): number => [...answers.values()].filter((each) => each === answer).length
  await expect.poll(() => [count('next'), count('TOO_MANY_OPERATIONS')]).toEqual([20, 280])

  const subscribe = async (token: string): Promise<unknown> =>
    subscribeOverSse(url, SIGNALS, {}, streaming(token))
      .next()
      .then(({ value }) => value?.result.data, String)
  const granted = { signals: { __typename: 'CommunityAdded' } }
  for (let n = 0; n < 10; n += 1) expect(await subscribe('viewer1')).toEqual(granted)
  expect(await subscribe('viewer1')).toMatch('429')
  expect(await subscribe('viewer2')).toEqual(granted)
  socket.terminate()
  await expect.poll(async () => subscribe('viewer1')).toEqual(granted)
})

test('connections are counted for each caller, and while nobody said who they are', async () => {
  const { url } = await open({ socketsPerCaller: 2, anonymousSockets: 1, pendingSockets: 3 })
  const [first, second] = [await openSocket(url, bearer('viewer1')), await openSocket(url, bearer('viewer1'))]
  expect(await openSocket(url, bearer('viewer1'))).toBe(1013)
  expect(await openSocket(url, bearer('viewer2'))).toBeInstanceOf(WebSocket)
  expect(await openSocket(url, CROWD)).toBeInstanceOf(WebSocket)
  expect(await openSocket(url, CROWD)).toBe(1013)
  if (typeof second !== 'number') second.terminate()
  await expect.poll(async () => openSocket(url, bearer('viewer1'))).toBeInstanceOf(WebSocket)
  expect(first).toBeInstanceOf(WebSocket)

  const silent = Array.from({ length: 3 }, () => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers: CROWD })
    onTestFinished(() => socket.terminate())
    return once(socket, 'open')
  })
  await Promise.all(silent)
  expect(await openSocket(url, CROWD)).toBe(429)
})

test('who sits at the machine, and the command line, are never limited', async () => {
  const actors = ['local', 'cli'] as const
  for (const actor of actors) {
    const authenticate = async () => ok({ actor, grant: EVERYTHING, ended: null })
    const { url } = await openApi({
      ports: { authenticate },
      limits: { operationsPerSecond: 1, subscriptionsPerCaller: 1, socketsPerCaller: 1 },
    })
    const asked = Array.from({ length: 30 }, async () => (await ask(url, '{ __typename }', {}, CROWD)).status)
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]))
    for (let n = 0; n < 2; n += 1) expect(await openSocket(url, CROWD)).toBeInstanceOf(WebSocket)
  }
  expect(DEFAULT_TRANSPORT_LIMITS.socketsPerCaller).toBeGreaterThan(1_000)
  expect(DEFAULT_TRANSPORT_LIMITS.subscriptionsPerCaller).toBeGreaterThan(1_000)
})
