import { request } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openApi } from '../../support/open-api.ts'
import { createTestCallers } from '../../support/test-callers.ts'

const ORIGIN = 'https://frontend.example'
const QUERY = '/graphql?query={__typename}'

interface Answer {
  readonly status: number
  /** Those that say who may read the answer. */
  readonly cors: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Sends headers that `fetch` would not. */
async function send(port: number, method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  const sent = request({ port, host: '127.0.0.1', path, method, headers })
  sent.end(method === 'POST' ? '{"query":"{ __typename }"}' : undefined)
  const [response] = await once(sent, 'response')
  const cors = Object.entries(response.headers as Record<string, unknown>).filter(([name]) =>
    /^(access-control-|vary)/.test(name),
  )
  const isStream = String(response.headers['content-type']).startsWith('text/event-stream')
  const body = isStream ? String((await once(response, 'data'))[0]) : await text(response)
  sent.destroy()
  return { status: response.statusCode, cors: Object.fromEntries(cors), body }
}

const READABLE = {
  vary: 'Origin',
  'access-control-allow-origin': ORIGIN,
  'access-control-expose-headers': 'Retry-After, WWW-Authenticate, X-Correlation-Id',
}

test('pages of the allowed origins may ask and read, whatever the answer, and no others', async () => {
  const { authenticate } = createTestCallers()
  const { port, faults } = await openApi({ allowedOrigins: [ORIGIN], ports: { authenticate } })
  const page = { origin: ORIGIN, 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }

  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
  expect(await send(port, 'OPTIONS', '/graphql', { origin: ORIGIN, ...asked })).toMatchObject({
    status: 204,
    cors: {
      ...READABLE,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID, Traceparent, X-Correlation-Id',
      'access-control-max-age': '600',
    },
  })
  expect(await send(port, 'POST', '/graphql', page)).toMatchObject({ status: 200, cors: READABLE })
  expect(await send(port, 'GET', QUERY, page)).toMatchObject({ status: 200, cors: READABLE })
  const stream = { ...page, accept: 'text/event-stream' }
  expect(await send(port, 'GET', QUERY, stream)).toMatchObject({ status: 200, cors: READABLE })
  const refused = await send(port, 'POST', '/graphql', { ...page, authorization: 'Bearer stolen' })
  expect(refused).toMatchObject({ status: 401, cors: READABLE })

  for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'http://frontend.example', 'null', '*']) {
    const foreign = { ...page, origin }
    expect(await send(port, 'POST', '/graphql', foreign)).toMatchObject({ status: 403, cors: {} })
    expect(await send(port, 'OPTIONS', '/graphql', { ...asked, origin })).toMatchObject({ status: 403, cors: {} })
  }
  // Who is no page is answered too, and caches are told that pages are answered otherwise.
  expect(await send(port, 'GET', QUERY, {})).toMatchObject({ status: 200, cors: { vary: 'Origin' } })
  const own = { origin: `http://127.0.0.1:${port}` }
  expect(await send(port, 'GET', QUERY, own)).toMatchObject({ status: 200, cors: { vary: 'Origin' } })
  expect(await send(port, 'GET', QUERY, own)).not.toHaveProperty('cors.access-control-allow-origin')
  expect(faults).toEqual([])
})

test('where no origin is allowed, no header says anything of it', async () => {
  const { port } = await openApi()
  const own = `http://127.0.0.1:${port}`
  expect(await send(port, 'GET', QUERY, { origin: own })).toMatchObject({ status: 200, cors: {} })
  expect(await send(port, 'OPTIONS', '/graphql', { origin: own })).toMatchObject({ status: 405, cors: {} })
})

test('what a page of another site has its reader ask for without a word is not answered', async () => {
  const { port } = await openApi({ allowedOrigins: [ORIGIN], allowedHosts: ['seedbank.example'] })
  const from = (site: string, more: Record<string, string> = {}): Record<string, string> => ({
    'sec-fetch-site': site,
    'sec-fetch-mode': 'no-cors',
    'sec-fetch-dest': 'image',
    ...more,
  })
  for (const site of ['cross-site', 'same-site', 'something-new']) {
    expect(await send(port, 'GET', QUERY, from(site))).toMatchObject({ status: 403, cors: {} })
    const framed = from(site, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' })
    expect((await send(port, 'GET', QUERY, framed)).status).toBe(403)
    const posted = from(site, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })
    expect((await send(port, 'POST', '/graphql', { ...posted, 'content-type': 'application/json' })).status).toBe(403)
    // A link that somebody follows.
    expect((await send(port, 'GET', QUERY, posted)).status).toBe(200)
  }
  for (const site of ['same-origin', 'none']) expect((await send(port, 'GET', QUERY, from(site))).status).toBe(200)
  expect((await send(port, 'GET', QUERY, { host: 'seedbank.example' })).status).toBe(200)
})
