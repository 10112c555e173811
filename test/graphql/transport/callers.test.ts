import { once } from 'node:events'
import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { EVERYTHING } from '../../../src/domain/access.ts'
import { ok } from '../../../src/domain/result.ts'
import type { Authenticate } from '../../../src/graphql/caller.ts'
import * as facts from '../../support/community-facts.ts'
import { ask } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'
import { createTestCallers } from '../../support/test-callers.ts'

const SIGNALS = 'subscription { signals(after: "START") { __typename } }'

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

async function openSocket(url: string, payload: object = {}, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers })
  onTestFinished(() => socket.terminate())
  socket.on('error', () => {})
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  return socket
}

async function closeOf(socket: WebSocket): Promise<readonly [code: number, reason: string]> {
  const [code, reason] = await once(socket, 'close')
  return [code, String(reason)]
}

test('a token that is no good is refused on each transport, and nobody is told which there are', async () => {
  const { authenticate } = createTestCallers()
  const { url, faults } = await openApi({ ports: { authenticate } })
  const headers = { ...bearer('stolen'), accept: 'application/graphql-response+json, application/json' }
  const refused = await ask(url, '{ __typename }', {}, headers)
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect(refused.errors).toMatchObject([{ message: /ask for one/, extensions: { code: 'UNAUTHENTICATED' } }])
  const plain = await fetch(url, { headers: bearer('stolen') })
  expect([plain.status, await plain.text()]).toEqual([401, 'This token is none of ours: ask for one.\n'])

  const inMessage = await openSocket(url, { authorization: 'Bearer stolen' })
  expect(await closeOf(inMessage)).toEqual([4403, 'This token is none of ours: ask for one.'])
  const inHeader = await openSocket(url, {}, bearer('stolen'))
  expect(await closeOf(inHeader)).toEqual([4403, 'This token is none of ours: ask for one.'])
  expect(faults).toEqual([])
})

test('whoever may no longer speak is told so, and neither served nor obeyed any more', async () => {
  const { authenticate, revoke } = createTestCallers()
  const { url, stores, faults } = await openApi({ ports: { authenticate } })
  await recordFacts(stores.log, facts.ready)
  const headBefore = stores.log.head()
  const webSocket = await openSocket(url, { authorization: 'Bearer admin1' })
  await once(webSocket, 'message')
  webSocket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: SIGNALS } }))
  await once(webSocket, 'message')
  // One that does not listen, and so does not say goodbye either.
  const deaf = await openSocket(url, { authorization: 'Bearer admin1' })
  await once(deaf, 'message')
  const streamed = await fetch(`${url}?query=${encodeURIComponent(SIGNALS)}`, {
    headers: { ...bearer('admin1'), accept: 'text/event-stream' },
  })
  const other = subscribeOverSse(url, SIGNALS, {}, bearer('admin2'))
  await other.next()

  deaf.pause()
  revoke('admin1')
  deaf.send('{"type":"subscribe","id":"1","payload":{"query":"mutation { disableProtocol { __typename } }"}}')
  expect(await closeOf(webSocket)).toEqual([4403, 'This token was revoked: ask for another.'])
  // Cut off, and not complete: who comes back is told why.
  expect(await streamed.text()).not.toContain('event: complete')
  expect((await fetch(`${url}?query={__typename}`, { headers: bearer('admin1') })).status).toBe(401)
  expect((await other.next()).value).toMatchObject({ result: { data: { signals: {} } } })
  expect((await ask(url, '{ __typename }', {}, bearer('admin2'))).status).toBe(200)
  expect(stores.log.head()).toBe(headBefore)
  expect(faults).toEqual([])
})

test('a token in the URL counts where an EventSource asks, and nowhere else', async () => {
  const { authenticate } = createTestCallers()
  const { url, stores } = await openApi({ ports: { authenticate } })
  await recordFacts(stores.log, facts.ready)
  const query = `query=${encodeURIComponent(SIGNALS)}`
  const accept = { accept: 'text/event-stream' }
  const first = async (address: string, headers: Record<string, string>): Promise<string> => {
    const abort = new AbortController()
    const response = await fetch(address, { headers, signal: abort.signal })
    let heard = `${response.status} ${response.headers.get('content-type')} `
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      heard += chunk
      if (heard.includes('\n\n') && heard.includes('data:')) break
    }
    abort.abort()
    return heard
  }
  const heard = await first(`${url}?access_token=viewer&${query}`, accept)
  expect(heard).toMatch(/^200 text\/event-stream :\n\nid: [\w:-]+\nevent: next\ndata: \{"data":/)
  const later = await first(`${url}?${query}&access_token=viewer`, {
    ...accept,
    'last-event-id': String(/id: (.*)/.exec(heard)?.[1]),
  })
  expect(later).toContain('ArchivingEnabled')

  const refused: readonly (readonly [string, RequestInit])[] = [
    [`${url}?access_token=viewer&query={__typename}`, {}],
    [`${url}?access%5Ftoken=viewer&query={__typename}`, {}],
    [`${url}?access_token=viewer&${query}`, { headers: { accept: 'text/event-stream, */*' } }],
    [`${url}?access_token=viewer&access_token=admin&${query}`, { headers: accept }],
    [`${url}?access_token=viewer&${query}`, { headers: { ...accept, ...bearer('viewer') } }],
    [`${url}?access_token=viewer`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
  ]
  for (const [address, init] of refused) expect((await fetch(address, init)).status).toBe(400)
  expect((await fetch(`${url}?access_token=stolen&${query}`, { headers: accept })).status).toBe(401)
  const upgrade = new WebSocket(`${url.replace('http', 'ws')}?access_token=viewer`, 'graphql-transport-ws')
  const [, response] = await once(
    upgrade.on('error', () => {}),
    'unexpected-response',
  )
  expect(response.statusCode).toBe(400)
  upgrade.terminate()
})

test('the schema is told to who is known, and GraphiQL to who needs no token, unless a setting says otherwise', async () => {
  const { authenticate } = createTestCallers()
  const schema = '{ __schema { queryType { name } } }'
  const open = async (options: object = {}): Promise<string> =>
    (await openApi({ ports: { authenticate }, ...options })).url
  const shown = async (url: string, headers: Record<string, string>): Promise<readonly unknown[]> => {
    const { errors } = await ask(url, schema, {}, headers)
    const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0, connectionParams: headers })
    onTestFinished(async () => client.dispose())
    const [overWebSocket] = await Promise.allSettled([client.iterate({ query: schema }).next()])
    const page = await fetch(url, { headers: { accept: 'text/html', ...headers } })
    expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'none'")
    const isHtml = page.headers.get('content-type') === 'text/html'
    await page.body?.cancel()
    return [errors === undefined, overWebSocket.status === 'fulfilled', isHtml]
  }
  const usual = await open()
  expect(await shown(usual, {})).toEqual([false, false, false])
  expect(await shown(usual, bearer('viewer'))).toEqual([true, true, false])
  const local: Authenticate = async () => ok({ actor: 'local', grant: EVERYTHING, ended: null })
  expect(await shown(await open({ ports: { authenticate: local } }), {})).toEqual([true, true, true])
  expect(await shown(await open({ introspection: 'on', graphiql: 'on' }), {})).toEqual([true, true, true])
  const closed = await open({ introspection: 'off', graphiql: 'off' })
  expect(await shown(closed, bearer('admin'))).toEqual([false, false, false])
})
