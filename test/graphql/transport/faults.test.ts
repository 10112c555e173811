import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from 'graphql-ws'
import { createYoga } from 'graphql-yoga'
import { expect, onTestFinished, test } from 'vitest'
import { schema } from '../../../src/graphql/schema.ts'
import { outerFaults } from '../../../src/graphql/transport/outer-faults.ts'
import * as facts from '../../support/community-facts.ts'
import { ask } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

const SECRET = 'Cannot read /home/somebody/secret: the disk is on fire'
const MASKED = { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }
const WITH_ID = {
  ...MASKED,
  extensions: { ...MASKED.extensions, correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
}

test('a fault is masked for the client, and told to the log with its correlation id', async () => {
  const told: unknown[] = []
  const fault = new Error(SECRET)
  const { url } = await openApi({
    ports: {
      execute: async () => {
        throw fault
      },
      logFault: (...args) => told.push(args),
    },
  })
  const id = '0d9f9c1e-5c1b-4e0a-9a52-3f9d2b7c6e11'
  const mutation = 'mutation { disableProtocol { __typename } }'
  const { errors, data } = await ask(url, mutation, {}, { 'x-correlation-id': id })

  expect(data).toBeNull()
  const extensions = { ...MASKED.extensions, correlationId: id }
  expect(errors).toMatchObject([{ ...MASKED, path: ['disableProtocol'], extensions }])
  expect(JSON.stringify(errors)).not.toMatch(/secret|fire|stack|\.ts/)
  expect(told).toEqual([[fault, id]])

  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  const { value } = await client.iterate({ query: mutation }).next()
  expect(JSON.stringify(value)).not.toMatch(/secret|fire|stack|\.ts/)
  expect(told).toHaveLength(2)
  const [, [, correlationId]] = told as [unknown, [unknown, string]]
  expect(value).toMatchObject({ errors: [{ ...MASKED, extensions: { ...MASKED.extensions, correlationId } }] })
})

test.each([{ code: 'ENOSPC' }, { code: 'EDQUOT' }, { code: 'SQLITE_FULL' }, { errcode: 13 }])(
  'a disk that is full is told by its name, where the cause is %o',
  async (said) => {
    const cause = Object.assign(new Error('no space left, open /home/somebody/secret'), said)
    const { url, faults } = await openApi({
      ports: {
        execute: async () => {
          throw new Error(SECRET, { cause })
        },
      },
    })
    const { errors } = await ask(url, 'mutation { disableProtocol { __typename } }')
    expect(errors).toMatchObject([
      { message: /^The node cannot write, as its disk is full/, extensions: { code: 'DISK_FULL' } },
    ])
    expect(JSON.stringify(errors)).not.toMatch(/secret|fire|stack|\.ts/)
    expect(faults).toMatchObject([{ message: SECRET }])
  },
)

test('a fault around Yoga is masked and told too: its adapter would answer with the stack', async () => {
  const told: unknown[] = []
  const fault = new Error(SECRET)
  const failing = {
    onRequest() {
      throw fault
    },
  }
  const yoga = createYoga({ schema, plugins: [outerFaults({ logFault: (...args) => told.push(args) }), failing] })
  const server = createServer((request, response) => void yoga(request, response))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const id = '0d9f9c1e-5c1b-4e0a-9a52-3f9d2b7c6e11'
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, {
    headers: { 'x-correlation-id': id, connection: 'close' },
  })
  expect([response.status, await response.text()]).toEqual([500, 'Unexpected error.\n'])
  expect(told).toEqual([[fault, id]])
})

test('a refusal that a mutation does not declare is a fault, not an answer', async () => {
  const { url, faults } = await openApi({
    ports: { execute: async () => ({ ok: false, error: { type: 'RunNotActive', runId: facts.runId(1) } }) },
  })
  expect((await ask(url, 'mutation { disableProtocol { __typename } }')).errors).toMatchObject([MASKED])
  expect(faults).toMatchObject([{ message: /refused with RunNotActive, which it does not declare/ }])
})

test('a log that fails in the middle ends the subscription with a masked error, on both transports', async () => {
  const { url, stores, faults } = await openApi({
    wrapLog: (log) => ({
      logId: log.logId,
      head: () => log.head(),
      read: async (query) => log.read(query),
      readChained: (after, upTo) => log.readChained(after, upTo),
      readStream: (stream, after) => log.readStream(stream, after),
      tail: async function* tail(after, signal) {
        for await (const recorded of log.tail(after, signal)) {
          if (recorded.position > 1) throw new Error(SECRET)
          yield recorded
        }
      },
    }),
  })
  await recordFacts(stores.log, facts.ready)
  const query = 'subscription { signals(after: "START") { __typename } }'

  const overSse = []
  for await (const { result } of subscribeOverSse(url, query)) overSse.push(result)
  expect(overSse).toMatchObject([{ data: { signals: { __typename: 'CommunityAdded' } } }, { errors: [WITH_ID] }])

  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  const overWebSocket: unknown[] = []
  const read = async (): Promise<void> => {
    for await (const result of client.iterate({ query })) overWebSocket.push(result)
  }
  const [ended] = await Promise.allSettled([read()])
  const shown = JSON.stringify([overSse, overWebSocket, ended])
  expect(shown).toContain('Unexpected error.')
  expect(shown.match(/"correlationId":"[0-9a-f-]{36}"/g)).toHaveLength(2)
  expect(shown).not.toMatch(/secret|fire|stack|\.ts/)
  expect(faults).toMatchObject([{ message: SECRET }, { message: SECRET }])
})
