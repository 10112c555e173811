import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { err } from '../../../src/domain/result.ts'
import type { HttpRoute } from '../../../src/graphql/transport/http-route.ts'
import { callerOf, knowing } from '../../support/callers.ts'
import { ask } from '../../support/graphql-request.ts'
import { COMMUNITIES } from '../../support/node-play.ts'
import { openApi } from '../../support/open-api.ts'
import { createTestCallers } from '../../support/test-callers.ts'

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

test('who shows many tokens that are no good waits, and whoever shares the address is let in meanwhile', async () => {
  const { authenticate } = createTestCallers()
  const { url } = await openApi({ ports: { authenticate }, limits: { refusedTokensPerMinute: 2 } })
  const elsewhere = { 'x-forwarded-for': '203.0.113.7' }
  const statusOf = async (token: string, from: Record<string, string>): Promise<number> =>
    (await fetch(`${url}?query={__typename}`, { headers: { ...bearer(token), ...from } })).status
  expect([await statusOf('admin', elsewhere), await statusOf('viewer.a.jwt', elsewhere)]).toEqual([200, 200])
  expect([await statusOf('x1', elsewhere), await statusOf('x2', elsewhere)]).toEqual([401, 401])
  expect([await statusOf('x3', elsewhere), await statusOf('admin', elsewhere)]).toEqual([429, 200])
  // A JWT has to be checked, which costs more than to send it: one that is new waits.
  expect([await statusOf('viewer.a.jwt', elsewhere), await statusOf('viewer.new.jwt', elsewhere)]).toEqual([200, 429])
  expect(await statusOf('admin', { 'x-forwarded-for': '203.0.113.7, 198.51.100.1' })).toBe(200)
  expect(await statusOf('admin', {})).toBe(200)
})

test('a token that cannot be checked is to be tried again, and counts for nothing', async () => {
  const { url } = await openApi({
    ports: { authenticate: async () => err({ type: 'KeysUnavailable', message: 'Try again.' }) },
    limits: { refusedTokensPerMinute: 1 },
  })
  const headers = { ...bearer('a.new.jwt'), 'x-forwarded-for': '203.0.113.7', accept: 'application/json' }
  for (let n = 0; n < 3; n += 1) {
    const answer = await ask(url, '{ __typename }', {}, headers)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10'])
    expect(answer.headers.get('www-authenticate')).toBeNull()
    expect(answer.errors).toMatchObject([{ message: 'Try again.', extensions: { code: 'KEYS_UNAVAILABLE' } }])
  }
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers: bearer('a.new.jwt') })
  socket.once('open', () => socket.send('{"type":"connection_init"}'))
  const [code, reason] = await once(socket, 'close')
  expect([code, String(reason)]).toEqual([1013, 'Try again.'])
})

test('what tells of all communities is for who reads of all, and others are told why not', async () => {
  const routes: readonly HttpRoute[] = [
    { path: '/numbers', access: 'READER', handle: async (_request, response) => void response.end('1') },
  ]
  const authenticate = knowing({ bound: callerOf('VIEWER', COMMUNITIES), viewer: callerOf('VIEWER') })
  const { url } = await openApi({ ports: { authenticate }, routes })
  const get = async (headers: Record<string, string>): Promise<Response> =>
    fetch(url.replace('/graphql', '/numbers'), { headers })
  expect(await Promise.all([{}, bearer('viewer')].map(async (headers) => (await get(headers)).status))).toEqual([
    401, 200,
  ])
  const refused = await get({ ...bearer('bound'), accept: 'application/json' })
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, null])
  expect(await refused.json()).toMatchObject({
    errors: [{ message: expect.stringMatching(/send one that is for all\.$/), extensions: { code: 'FORBIDDEN' } }],
  })
})
