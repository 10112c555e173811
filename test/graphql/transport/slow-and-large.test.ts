import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { DEFAULT_TRANSPORT_LIMITS, type BodyLimits } from '../../../src/graphql/transport/transport-limits.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { openExchange, UPGRADE } from '../../support/raw-exchange.ts'
import { createTestCallers } from '../../support/test-callers.ts'

const { NOBODY, READER, OPERATOR } = DEFAULT_TRANSPORT_LIMITS.bodies
const POST = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

async function openWith(nobody: Partial<BodyLimits>): Promise<OpenApi> {
  const bodies = { NOBODY: { ...NOBODY, ...nobody }, READER, OPERATOR }
  return openApi({ ports: { authenticate: createTestCallers().authenticate }, limits: { bodies, goodbyeMs: 100 } })
}

test('who sends slowly, or nothing, is let go of, and holds up nobody meanwhile', async () => {
  const slow = 200
  const { port, url, faults } = await openApi({
    ports: { authenticate: createTestCallers().authenticate },
    limits: {
      headersMs: slow,
      checkMs: 20,
      initMs: slow,
      bodies: { NOBODY: { ...NOBODY, maxMs: slow }, READER, OPERATOR },
    },
  })
  const said = {
    nothing: [''],
    'half a line': ['POST /gra'],
    'headers without end': ['GET /graphql HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n'],
    'half a body': [`${POST}Content-Length: 100\r\n\r\n{"query":`],
    'half a chunk': [`${POST}Transfer-Encoding: chunked\r\n\r\n64\r\n{"query":`],
    'an upgrade alone': [UPGRADE],
  }
  // Some hundred that are idle, while others are slow.
  const idle = Array.from({ length: 300 }, async () => openExchange(port))
  const exchanges = Object.entries(said).map(async ([name, texts]) => {
    const { closed, hears, socket } = await openExchange(port, ...texts)
    const heard = name === 'an upgrade alone' ? await hears(/\x88/) : await hears(/HTTP\/1.1 4/)
    socket.end()
    await closed
    return [name, /HTTP\/1\.1 (\d+)/.exec(heard)?.[1]]
  })
  const began = performance.now()
  expect(await askData(url, '{ __typename }')).toEqual({ __typename: 'Query' })
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(await Promise.all(exchanges)).toEqual([
    ['nothing', '408'],
    ['half a line', '408'],
    ['headers without end', '408'],
    ['half a body', '408'],
    ['half a chunk', '408'],
    ['an upgrade alone', '101'],
  ])
  await Promise.all((await Promise.all(idle)).map(async ({ closed }) => closed))
  expect(await askData(url, '{ __typename }')).toEqual({ __typename: 'Query' })
  expect(faults).toEqual([])
})

test('how long a request may be depends on who sends it', async () => {
  const { url, port, faults } = await openWith({})
  const status = async (bytes: number, headers: Record<string, string>): Promise<number> =>
    (await ask(url, `{ __typename } #${'x'.repeat(bytes)}`, {}, headers)).status
  expect(await status(NOBODY.maxBytes, {})).toBe(413)
  expect(await status(NOBODY.maxBytes, bearer('viewer'))).toBe(200)
  expect(await status(READER.maxBytes, bearer('viewer'))).toBe(413)
  expect(await status(READER.maxBytes, bearer('auditor'))).toBe(413)
  expect(await status(READER.maxBytes, bearer('operator'))).toBe(200)
  // In chunks, which do not say how many there will be.
  const chunk = `ffff\r\n${' '.repeat(0xffff)}\r\n`
  const endless = await openExchange(port, `${POST}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk)
  expect(await endless.hears(/REQUEST_TOO_LONG/)).toContain('HTTP/1.1 413')
  // Who asks first does not send in vain.
  const asks = await openExchange(port, `${POST}Content-Length: 9000000\r\nExpect: 100-continue\r\n\r\n`)
  expect(await asks.hears(/HTTP/)).toMatch(/^HTTP\/1\.1 413/)
  const goesOn = await openExchange(port, `${POST}Content-Length: 26\r\nExpect: 100-continue\r\n\r\n`)
  await goesOn.hears(/100 Continue/)
  goesOn.socket.write('{"query":"{ __typename }"}')
  await goesOn.hears(/"data"/)
  expect(faults).toEqual([])
})

test('all that comes in together is bounded, and who operates has room of its own', async () => {
  const { url, port } = await openWith({ maxTotalBytes: 1000 })
  // What is only announced takes no room from others.
  await openExchange(port, `${POST}Content-Length: 900\r\n\r\n{`)
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const send = async (more: Record<string, string> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: `{"query":"{ __typename }"}${' '.repeat(200)}`,
    })
  expect((await send()).status).toBe(200)
  const holding = await openExchange(port, `${POST}Content-Length: 950\r\n\r\n{${' '.repeat(900)}`)
  await expect.poll(async () => (await send()).status).toBe(503)
  const refused = await send()
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BUSY' } }] })
  expect((await send(bearer('operator'))).status).toBe(200)
  holding.socket.destroy()
  await expect.poll(async () => (await send()).status).toBe(200)
})

test('how long a message may be depends on who sends it, from the first byte on', async () => {
  const { url, port, faults } = await openWith({})
  // 10 MiB are announced, and 1009 is the answer to the first of them.
  const announced = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0xa0, 0, 0, 0, 0, 0, 0])
  const started = await openExchange(port, UPGRADE, announced, Buffer.alloc(3 * NOBODY.maxBytes, ' '))
  await started.hears(/A message may have 100000 bytes/)
  const connect = async (payload: object): Promise<WebSocket> => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
    onTestFinished(() => socket.terminate())
    socket.on('error', () => {})
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'connection_init', payload }))
    await once(socket, 'message')
    return socket
  }
  const say = async (socket: WebSocket, bytes: number): Promise<unknown> => {
    const payload = { query: '{ __typename }', variables: { unused: 'x'.repeat(bytes) } }
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }))
    const answered = once(socket, 'message').then(([data]) => JSON.parse(String(data)).type)
    return Promise.race([answered, once(socket, 'close').then(([code]) => code)])
  }
  expect(await say(await connect({}), 1_000)).toBe('next')
  expect(await say(await connect({}), NOBODY.maxBytes)).toBe(1009)
  // Far more than the kernel takes: it is cut off in the middle.
  expect([1006, 1009]).toContain(await say(await connect({}), 20 * NOBODY.maxBytes))
  const viewer = await connect({ authorization: 'Bearer viewer' })
  for (let n = 0; n < 3; n += 1) expect(await say(viewer, 5 * NOBODY.maxBytes)).toBe('next')
  expect(await say(viewer, READER.maxBytes)).toBe(1009)
  const operator = await connect({ authorization: 'Bearer operator' })
  expect(await say(operator, 3 * READER.maxBytes)).toBe('next')
  expect(faults).toEqual([])
})

test('a connection that never stops pinging is not taken for a long message', async () => {
  const { url } = await openWith({ maxBytes: 2_000 })
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  let pongs = 0
  socket.on('pong', () => (pongs += 1))
  for (let n = 0; n < 100; n += 1) {
    socket.ping('x'.repeat(100))
    await once(socket, 'pong')
  }
  expect([pongs, socket.readyState]).toEqual([100, WebSocket.OPEN])
})
