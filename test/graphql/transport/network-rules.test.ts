import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ask } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'

const ALLOWED = { allowedHosts: ['seedbank.example'], allowedOrigins: ['https://frontend.example'] }

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Sends a query with headers that `fetch` would not. */
async function send(port: number, headers: Readonly<Record<string, string>>, path = '/graphql'): Promise<Answer> {
  const sent = request({ port, host: '127.0.0.1', path, method: 'POST', headers })
  sent.end('{"query":"{ status { version } }"}')
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: await text(response), headers: response.headers }
}

/** The status that an upgrade is answered with: 101 when it is taken. */
async function upgrade(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { headers })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    socket.once('error', reject)
  })
}

const json = { 'content-type': 'application/json' }
const transports = {
  HTTP: async (port: number, headers: Record<string, string>) => (await send(port, { ...json, ...headers })).status,
  SSE: async (port: number, headers: Record<string, string>) =>
    (await send(port, { ...json, accept: 'text/event-stream', ...headers })).status,
  WebSocket: upgrade,
}

describe.each(Object.entries(transports))('over %s', (name, statusOf) => {
  const passed = name === 'WebSocket' ? 101 : 200

  test('only the names of this machine and those allowed pass as Host', async () => {
    const { port } = await openApi(ALLOWED)
    for (const host of [`127.0.0.1:${port}`, 'localhost', 'LOCALHOST:80', '[::1]:1', 'seedbank.example:443']) {
      expect([host, await statusOf(port, { host })]).toEqual([host, passed])
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.0.0.1@evil.example']) {
      expect([host, await statusOf(port, { host })]).toEqual([host, 421])
    }
  })

  test('only no page, the own pages and those allowed pass as Origin', async () => {
    const { port } = await openApi(ALLOWED)
    const host = `127.0.0.1:${port}`
    for (const origin of [`http://${host}`, 'https://frontend.example']) {
      expect([origin, await statusOf(port, { host, origin })]).toEqual([origin, passed])
    }
    const foreign = ['https://evil.example', 'null', 'http://127.0.0.1:1', `http://${host}.evil.example`, '']
    for (const origin of foreign) {
      expect([origin, await statusOf(port, { host, origin })]).toEqual([origin, 403])
    }
  })
})

test('a foreign page changes nothing, and is told nothing of who may', async () => {
  const { port, stores } = await openApi()
  const sent = request({
    port,
    host: '127.0.0.1',
    path: '/graphql',
    method: 'POST',
    headers: { ...json, origin: 'https://evil.example' },
  })
  sent.end('{"query":"mutation { disableProtocol { __typename } }"}')
  const [response] = await once(sent, 'response')

  expect(response.statusCode).toBe(403)
  expect(await text(response)).toBe('This API does not answer pages of the Origin "https://evil.example".\n')
  expect(Object.keys(response.headers).filter((header) => header.startsWith('access-control'))).toEqual([])
  expect(stores.log.head()).toBe(0)
})

test('what is not the API is not found', async () => {
  const { port } = await openApi()
  expect(await send(port, json, '/graphqlx')).toMatchObject({ status: 404 })
  expect(await send(port, json, '/')).toMatchObject({ status: 404 })
  expect(await send(port, json, '/health')).toMatchObject({ status: 404 })
})

test('another protocol on the port is asked first', async () => {
  const { port } = await openApi({
    extra: {
      handleRequest: ({ url }, response) => {
        if (url !== '/announce') return false
        response.end('d8:intervali60ee')
        return true
      },
      handleUpgrade: ({ url }, socket) => {
        if (url !== '/announce') return false
        socket.end('HTTP/1.1 418 Mine\r\n\r\n')
        return true
      },
    },
  })
  expect(await send(port, { host: 'tracker.example' }, '/announce')).toMatchObject({
    status: 200,
    body: 'd8:intervali60ee',
  })
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  expect(await text(socket)).toBe('HTTP/1.1 418 Mine\r\n\r\n')
  expect(await upgrade(port, {})).toBe(101)
})

test('a mutation is taken by POST alone, and never as a form of a page', async () => {
  const { url, stores } = await openApi()
  const mutation = 'mutation { disableProtocol { __typename } }'

  expect((await fetch(`${url}?query=${encodeURIComponent(mutation)}`)).status).toBe(405)
  const form = new FormData()
  form.set('operations', JSON.stringify({ query: mutation }))
  form.set('map', '{}')
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(415)
  const asText = {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ query: mutation }),
  }
  expect((await fetch(url, asText)).status).toBe(415)
  const encoded = { method: 'POST', body: new URLSearchParams({ query: mutation }) }
  expect((await fetch(url, encoded)).status).toBe(415)
  expect(stores.log.head()).toBe(0)
})

test('a request over 64 MiB is refused, whether it says its length or not', async () => {
  const { url, faults } = await openApi()
  const chunk = new Uint8Array(1024 * 1024).fill(32)
  const sizes = { method: 'POST', headers: json, duplex: 'half' as const }

  const told = await fetch(url, { ...sizes, body: new Blob(Array.from({ length: 65 }, () => chunk)) })
  expect(told.status).toBe(413)

  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1
      if (sent > 65) controller.close()
      else controller.enqueue(chunk)
    },
  })
  expect((await fetch(url, { ...sizes, body })).status).toBe(413)
  expect((await ask(url, '{ status { version } }')).status).toBe(200)
  expect(faults).toEqual([])
})

test('a message over 64 MiB ends its WebSocket alone', async () => {
  const { url, faults } = await openApi()
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  await once(socket, 'open')
  socket.on('error', () => {})
  socket.send(Buffer.alloc(64 * 1024 * 1024 + 1, ' '))
  const [code] = await once(socket, 'close')

  expect([1006, 1009]).toContain(code)
  expect((await ask(url, '{ status { version } }')).status).toBe(200)
  expect(faults).toEqual([])
})
