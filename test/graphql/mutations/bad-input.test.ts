import { createClient } from 'graphql-ws'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as facts from '../../support/community-facts.ts'
import { ask } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'

const ID = `communityId: "${facts.COMMUNITY}"`

/** Each kind of argument with values that it cannot have, as they stand in a document. */
const literals: Readonly<Record<string, readonly [operation: (value: string) => string, values: readonly string[]]>> = {
  CommunityId: [
    (value) => `mutation { leaveCommunity(communityId: ${value}) { __typename } }`,
    ['""', '"0x"', `"0x${'0g'.repeat(32)}"`, `"0x04${'00'.repeat(32)}"`, `"${'ab'.repeat(32)}"`, '12', 'null', '[]'],
  ],
  AnnounceUrl: [
    (value) => `mutation { changeSettings(${ID}, settings: { trackers: [${value}] }) { __typename } }`,
    ['""', '"udp://tracker.example.org"', '"file:///etc/passwd"', `"http://${'x'.repeat(500)}"`, '1', 'null'],
  ],
  ByteCount: [
    (value) => `mutation { changeSettings(${ID}, settings: { quotaBytes: ${value} }) { __typename } }`,
    ['-1', '0.5', '9007199254740992', '"1"'],
  ],
  CommunitySettingsInput: [
    (value) => `mutation { changeSettings(${ID}, settings: ${value}) { __typename } }`,
    ['null', '[]', '{ interval: 1 }', '{ intervalSeconds: 604800.5 }', '{ graceSeconds: 2147483648 }'],
  ],
  ContentTopic: [
    (value) => `mutation { changeContentTopics(${ID}, contentTopics: [${value}]) { __typename } }`,
    ['""', '"0x0102030"', '"0x010203040"', '"01020304"', '1', 'true', 'null'],
  ],
  DateTime: [
    (value) => `mutation { createArchive(${ID}, from: ${value}) { __typename } }`,
    [
      '"2026-02-30T00:00:00Z"',
      '"2026-01-01"',
      '"2026-01-01T00:00:00+01:00"',
      '"2026-01-01T24:00:00Z"',
      '"1969-12-31T23:59:59Z"',
      '"2026-01-01T00:00:00.1234Z"',
      '"now"',
      '1767225600',
    ],
  ],
  IdempotencyKey: [
    (value) => `mutation { enableArchiving(${ID}, idempotencyKey: ${value}) { __typename } }`,
    ['""', `"${'k'.repeat(201)}"`, '7'],
  ],
  Role: [
    (value) => `mutation { addCommunity(role: ${value}, contentTopics: []) { __typename } }`,
    ['"MEMBER"', 'BOSS', '1'],
  ],
  Boolean: [(value) => `mutation { setOnline(online: ${value}) { __typename } }`, ['"true"', '1', 'null']],
  RunId: [(value) => `{ archiveRun(runId: ${value}) { status } }`, ['"1"', '""', '1']],
  Actor: [(value) => `{ events(actor: ${value}) { edges { cursor } } }`, ['"root"', '"peer:"', '""']],
  StreamName: [(value) => `{ events(stream: ${value}) { edges { cursor } } }`, ['"nodes"', '"community-0x12"', '1']],
  Uuid: [(value) => `{ events(correlationId: ${value}) { edges { cursor } } }`, ['"me"', '""', '1']],
  EventType: [(value) => `{ events(types: [${value}]) { edges { cursor } } }`, ['"NodeStarted"', 'NodeExploded']],
  MessageInput: [
    (value) => `mutation { recordMessages(${ID}, messages: [${value}]) { __typename } }`,
    [
      '{}',
      '{ timestamp: "1", topic: "0x00000000", payload: "0x" }',
      '{ timestamp: 1, topic: 5, payload: "0x" }',
      '"x"',
    ],
  ],
}

test.each(Object.entries(literals))(
  'a wrong %s is refused at its place, and nothing is done',
  async (_kind, [operation, values]) => {
    const { url, stores, faults } = await openApi()
    await recordFacts(stores.log, facts.ready)
    const head = stores.log.head()
    for (const value of values) {
      const answer = await ask(url, operation(value))
      expect([value, answer.data ?? null]).toEqual([value, null])
      for (const error of answer.errors ?? []) {
        expect(error.locations).toMatchObject([{ line: 1 }])
        expect([value, error.path, error.extensions?.argument]).toEqual([
          value,
          [expect.any(String)],
          expect.any(String),
        ])
        expect(JSON.stringify(error)).not.toMatch(/\.ts|node_modules|stack/)
      }
      expect([value, answer.errors?.length ?? 0]).not.toEqual([value, 0])
    }
    expect(stores.log.head()).toBe(head)
    expect(faults).toEqual([])
  },
)

test('a wrong literal is named with the path of its field, as in the answer', async () => {
  const { url } = await openApi()
  const messages = '[{ timestamp: 1, topic: "0x00000000", payload: "0x" }, { timestamp: 1, topic: 5, payload: "0x" }]'
  const mutation = `mutation { other: __typename again: recordMessages(${ID}, messages: ${messages}) { __typename } }`
  expect((await ask(url, mutation)).errors).toMatchObject([{ path: ['again'], extensions: { argument: 'messages' } }])

  const deep = `query { all: communities { edges { ... on CommunityEdge { node { archives(first: "one") { totalCount } } } } } }`
  const path = ['all', 'edges', 'node', 'archives']
  expect((await ask(url, deep)).errors).toMatchObject([{ path, extensions: { argument: 'first' } }])

  const inFragment = '{ ...some } fragment some on Query { community(communityId: "x") { role } }'
  const { errors } = await ask(url, inFragment)
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'communityId' } }])
  expect(errors?.[0]).not.toHaveProperty('path')
})

test('a wrong value deep in the variables is named with its path', async () => {
  const { url } = await openApi()
  const query =
    'mutation($topics: [ContentTopic!]!) { addCommunity(role: CONTROL_NODE, contentTopics: $topics) { __typename } }'
  const { status, errors } = await ask(url, query, { topics: ['0x00000000', '0x1'] })

  expect(status).toBe(400)
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(errors?.[0]?.message).toBe(
    'Variable "$topics" got invalid value "0x1" at "topics[1]"; Expected a content topic: "0x" and 8 hex digits, found "0x1".',
  )
})

describe('what no type can rule out is an error with the path of its field', () => {
  const cases: readonly (readonly [query: string, argument: string, message: RegExp])[] = [
    [
      `mutation { createArchive(${ID}, from: "2026-01-01T00:00:00.5Z") { __typename } }`,
      'from',
      /must be a whole second/,
    ],
    [`mutation { createArchive(${ID}, to: "2106-02-07T06:28:16Z") { __typename } }`, 'to', /must be a whole second/],
    [`mutation { recordMessages(${ID}, messages: []) { __typename } }`, 'messages', /1 to 1000 messages, found 0/],
    ['{ events(first: 501) { edges { cursor } } }', 'first', /from 1 to 500, found 501/],
    ['{ events(first: -1) { edges { cursor } } }', 'first', /from 1 to 500, found -1/],
    ['{ communities(last: 0) { edges { cursor } } }', 'last', /from 1 to 500, found 0/],
    ['{ events(first: 1, last: 1) { edges { cursor } } }', 'last', /either "first" or "last"/],
    ['{ node(id: "?") { id } }', 'id', /no object with the global id/],
    [`{ events(${ID}, stream: "node") { edges { cursor } } }`, 'stream', /is not that of community/],
  ]

  test.each(cases)('%s', async (query, argument, message) => {
    const { url, stores, faults } = await openApi()
    const { errors } = await ask(url, query)

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument }, path: [expect.any(String)] }])
    expect(errors?.[0]?.message).toMatch(message)
    expect(stores.log.head()).toBe(0)
    expect(faults).toEqual([])
  })

  test('more than 1000 messages', async () => {
    const { url } = await openApi()
    const messages = Array.from({ length: 1001 }, () => ({ timestamp: 1, topic: '0x00000000', payload: '0x' }))
    const query = `mutation($messages: [MessageInput!]!) { recordMessages(${ID}, messages: $messages) { __typename } }`
    expect((await ask(url, query, { messages })).errors).toMatchObject([{ path: ['recordMessages'] }])
  })

  test.each(['communities', 'events'])('a cursor that %s never gave out', async (field) => {
    const { url } = await openApi()
    for (const cursor of ['', 'x', 'Y29tbXVuaXR5OjB4MTI']) {
      const { errors } = await ask(url, `{ ${field}(first: 1, after: "${cursor}") { edges { cursor } } }`)
      expect([cursor, errors?.[0]?.extensions]).toEqual([cursor, { code: 'CURSOR_MALFORMED' }])
    }
  })
})

test('what is no operation at all is refused, over HTTP and WebSocket, and the connection goes on', async () => {
  const { url, faults } = await openApi()
  expect((await ask(url, '{ status { ')).errors).toMatchObject([{ message: /Syntax Error/ }])
  expect((await ask(url, '{ nothing }')).errors).toMatchObject([{ locations: [{ line: 1, column: 3 }] }])
  const notJson = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":',
  })
  expect(notJson.status).toBe(400)
  expect(await notJson.text()).not.toMatch(/\.ts|node_modules|stack/)

  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0, lazy: false })
  onTestFinished(async () => client.dispose())
  const once = async (query: string): Promise<unknown> => (await client.iterate({ query }).next()).value
  await expect(once('subscription { signals { ')).rejects.toMatchObject([{ message: /Syntax Error/ }])
  await expect(once('subscription { signals(communityId: "x") { cursor } }')).rejects.toMatchObject([
    { locations: [{}] },
  ])
  expect(await once('{ status { version } }')).toEqual({ data: { status: { version: '1.2.3' } } })
  expect(faults).toEqual([])
})
