import { expect, test } from 'vitest'
import { ok } from '../../../src/domain/result.ts'
import type { Credentials } from '../../../src/graphql/caller.ts'
import { openApi } from '../../support/open-api.ts'
import { openExchange, UPGRADE } from '../../support/raw-exchange.ts'

const MARKS = [
  'Forwarded',
  'Via',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Server',
  'X-Real-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'X-Original-Forwarded-For',
  'X-Envoy-External-Address',
  'X-Amzn-Trace-Id',
  'True-Client-IP',
  'CF-Connecting-IP',
  'CF-Ray',
  'Fly-Client-IP',
]

async function open() {
  const seen: Credentials[] = []
  const authenticate = async (credentials: Credentials) => {
    seen.push(credentials)
    return ok(null)
  }
  const { port, url, faults } = await openApi({ ports: { authenticate } })
  const say = async (version: string, path = '?query={__typename}', headers = ''): Promise<string> => {
    const request = `GET /graphql${path} HTTP/${version}\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`
    return (await openExchange(port, request)).closed
  }
  return { seen, port, url, faults, say }
}

test('what proxies add says that a request was passed on, and nothing else does', async () => {
  const { seen, url, faults } = await open()
  for (const mark of MARKS) await fetch(`${url}?query={__typename}`, { headers: { [mark]: 'x' } })
  expect(MARKS.filter((_, n) => seen[n]?.isForwarded !== true)).toEqual([])
  await fetch(`${url}?query={__typename}`, { headers: { 'X-Forward': 'x', 'X-Correlation-Id': 'x' } })
  expect(seen.slice(MARKS.length)).toEqual([{ token: null, isForwarded: false }])
  expect(faults).toEqual([])
})

test('so does HTTP/1.0, which proxies speak that add nothing', async () => {
  const { seen, port, say } = await open()
  expect(await say('1.1')).toMatch(/^HTTP\/1.1 200/)
  expect(await say('1.0')).toMatch(/^HTTP\/1.1 200/)
  await say('1.0', '?query={__typename}&access_token=t', 'Accept: text/event-stream\r\n')
  expect(seen).toEqual([
    { token: null, isForwarded: false },
    { token: null, isForwarded: true },
    { token: 't', isForwarded: true },
  ])
  const { closed } = await openExchange(port, UPGRADE.replace('HTTP/1.1', 'HTTP/1.0'))
  expect(await closed).toMatch(/^HTTP\/1.1 400/)
})
