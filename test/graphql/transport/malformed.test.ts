import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { createTestCallers } from '../../support/test-callers.ts'
import { frame, openExchange, UPGRADE } from '../../support/raw-exchange.ts'

const INIT = frame(1, '{"type":"connection_init"}')
const QUERY = '{"query":"{ __typename }"}'

/** What is said after the upgrade, and the code of the goodbye. */
const FRAMES: readonly (readonly [name: string, said: readonly Buffer[], code: number])[] = [
  ['a frame without a mask', [Buffer.from('\x81\x02{}', 'latin1')], 1002],
  ['an opcode that nobody uses', [frame(3, '{}')], 1002],
  ['bits that nobody asked for', [Buffer.from([0xf1, 0x80, 0, 0, 0, 0])], 1002],
  ['a fragment of nothing', [frame(0, '{}')], 1002],
  ['a message within a message', [frame(1, '{', false), frame(1, '}')], 1002],
  ['a ping in fragments', [frame(9, '', false)], 1002],
  ['a long ping', [frame(9, 'x'.repeat(126))], 1002],
  ['a goodbye with a code that there is not', [frame(8, Buffer.from([0, 1]))], 1002],
  ['text that is no UTF-8', [frame(1, Buffer.from([0xc3, 0x28]))], 1007],
  ['a frame of 2^62 bytes', [Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0])], 1009],
  ['a frame of 65 MiB', [Buffer.from([0x81, 0xff, 0, 0, 0, 0, 4, 0x10, 0, 0])], 1009],
  ['17,000 empty fragments', [frame(1, '', false), ...Array<Buffer>(17_000).fill(frame(0, '', false))], 1008],
  ['what is no JSON', [INIT, frame(1, '{"type":')], 4400],
  ['a message of no type', [INIT, frame(1, '{}')], 4400],
  ['bytes', [INIT, frame(2, Buffer.from([1, 2, 3]))], 4400],
  ['a type that there is not', [INIT, frame(1, '{"type":"start","id":"1"}')], 4400],
  ['an operation without a query', [INIT, frame(1, '{"type":"subscribe","id":"1","payload":{}}')], 4400],
  ['a million brackets', [INIT, frame(1, `{"type":"ping","payload":{"a":${'['.repeat(60_000)}`)], 4400],
  ['an operation before the start', [frame(1, `{"type":"subscribe","id":"1","payload":${QUERY}}`)], 4401],
  ['a ping before the start', [frame(1, '{"type":"ping"}')], 4401],
  ['two starts', [INIT, INIT], 4429],
]

test('malformed frames close their own connection, with the code that says why', async () => {
  const { port, url, faults } = await openApi()
  const found = await Promise.all(
    FRAMES.map(async ([name, said]) => {
      const { hears, socket } = await openExchange(port, UPGRADE, ...said)
      const [, goodbye = ''] = /\x88.(..)/s.exec(await hears(/\x88.../s)) ?? []
      socket.destroy()
      return [name, Buffer.from(goodbye, 'latin1').readUInt16BE()] as const
    }),
  )
  expect(found).toEqual(FRAMES.map(([name, , code]) => [name, code]))
  expect(await askData(url, '{ __typename }')).toEqual({ __typename: 'Query' })
  expect(faults).toEqual([])
})

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n`
const LENGTH = `Content-Length: ${QUERY.length}\r\n`

/** Each would be read in one way by one program and in another by the next. */
const REQUESTS: readonly (readonly [name: string, said: string, status: number])[] = [
  ['two lengths', `${HEAD}${LENGTH}Content-Length: 3\r\n\r\n${QUERY}`, 400],
  ['a length and chunks', `${CHUNKED}${LENGTH}\r\n1a\r\n${QUERY}\r\n0\r\n\r\n`, 400],
  ['a length that is none', `${HEAD}Content-Length: +26\r\n\r\n${QUERY}`, 400],
  ['a length below nothing', `${HEAD}Content-Length: -1\r\n\r\n`, 400],
  ['an encoding that is hidden', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n${QUERY}`, 400],
  ['two encodings', `${CHUNKED}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n`, 400],
  ['a space before the colon', `${HEAD}Content-Length : 3\r\n\r\n${QUERY}`, 400],
  ['a header over two lines', `${HEAD}X-Folded: a\r\n b\r\n${LENGTH}\r\n${QUERY}`, 400],
  ['lines that end in LF alone', `${HEAD}${LENGTH}\r\n${QUERY}`.replaceAll('\r\n', '\n'), 400],
  ['a chunk whose length is none', `${CHUNKED}\r\nzz\r\n${QUERY}\r\n0\r\n\r\n`, 400],
  ['a chunk that is longer than it says', `${CHUNKED}\r\n2\r\n${QUERY}\r\n0\r\n\r\n`, 400],
  ['a chunk of 2^70 bytes', `${CHUNKED}\r\nfffffffffffffffff0\r\n`, 400],
  ['chunks with endless extensions', `${CHUNKED}\r\n1;${'a'.repeat(20_000)}`, 413],
  ['no Host', `POST /graphql HTTP/1.1\r\n${LENGTH}\r\n${QUERY}`, 400],
  ['two Hosts', `${HEAD}Host: evil.example\r\n${LENGTH}\r\n${QUERY}`, 400],
  ['a NUL in a header', `${HEAD}X-A: \0\r\n\r\n`, 400],
  ['headers without end', `${HEAD}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00', 400],
  ['a body where there is none', `${HEAD.replace('POST', 'GET')}${LENGTH}\r\n${QUERY}`, 400],
  ['a method that there is not', 'BREW /graphql HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
]

test('requests that can be read in two ways are not read at all', async () => {
  const { port, url, faults } = await openApi()
  const found = await Promise.all(
    REQUESTS.map(async ([name, said]) => {
      const exchange = await openExchange(port, Buffer.from(said, 'latin1'))
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(await exchange.hears(/^HTTP\/1\.1 \d+ /)) ?? []
      return [name, Number(status)] as const
    }),
  )
  expect(found).toEqual(REQUESTS.map(([name, , status]) => [name, status]))
  expect(await askData(url, '{ __typename }')).toEqual({ __typename: 'Query' })
  expect(faults).toEqual([])
})

test('whatever stands as Host is answered or refused, and never a fault', async () => {
  const { port, faults } = await openApi({ allowedHosts: ['seedbank.example'] })
  const name = fc.constantFrom(
    'localhost',
    '127.0.0.1',
    '[::1]',
    '[::]',
    'seedbank.example',
    'evil.example',
    '1.2.3.4.5',
  )
  const end = fc.oneof(
    fc.constant(''),
    fc.integer({ min: 0, max: 199_999 }).map((number) => `:${number}`),
    fc.string({ maxLength: 12 }),
  )
  const hosts = fc.oneof(
    fc.tuple(name, end).map((parts) => parts.join('')),
    fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '')),
  )
  const statusOf = async (host: string): Promise<number> => {
    const request = `GET /graphql?query={__typename} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    const { closed } = await openExchange(port, Buffer.from(request, 'latin1'))
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await closed)?.[1])
  }
  await fc.assert(
    fc.asyncProperty(hosts, async (host) => {
      expect([200, 400, 421]).toContain(await statusOf(host))
    }),
    { numRuns: 300, examples: [['127.0.0.1:99999'], ['localhost:65536'], ['[::1]:0'], ['']] },
  )
  expect(await Promise.all(['localhost:65535', '127.0.0.1:65536'].map(statusOf))).toEqual([200, 421])
  expect(faults).toEqual([])
})

/** Bodies that are not carried out, and why. */
const BODIES: readonly (readonly [body: string | Buffer<ArrayBuffer>, code: string])[] = [
  ['{"query":', 'BAD_REQUEST'],
  [Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'BAD_REQUEST'],
  ['null', 'BAD_REQUEST'],
  [`[${QUERY},${QUERY}]`, 'BAD_REQUEST'],
  [`{"query":"","variables":{"a":${'['.repeat(1_000_000)}`, 'JSON_TOO_DEEP'],
  [`{"query":"","variables":{"a":[${'0,'.repeat(300_000)}0]}}`, 'JSON_TOO_MANY_VALUES'],
]

test('bodies that are no operation, or too much of one, are refused by name', async () => {
  const { url, faults } = await openApi()
  for (const [body, code] of BODIES) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] })
  }
  expect((await fetch(`${url}?query={__typename}&variables={`)).status).toBe(400)
  expect(await askData(url, '{ __typename }')).toEqual({ __typename: 'Query' })
  expect(faults).toEqual([])
})

test('requests that are sent at once are carried out one after the other', async () => {
  const { authenticate } = createTestCallers()
  const begun: (() => void)[] = []
  const wait = async (): Promise<void> => new Promise((resolve) => begun.push(resolve))
  const { port } = await openApi({
    ports: { authenticate: async (credentials) => wait().then(async () => authenticate(credentials)) },
  })
  const request = `GET /graphql?query={__typename} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  const { heard, socket } = await openExchange(port, request.repeat(3))
  const answers = (): number => heard().split('"data"').length - 1
  for (const n of [1, 2, 3]) {
    await expect.poll(() => begun.length).toBe(n)
    // Another one has its turn at once.
    const other = fetch(`http://127.0.0.1:${port}/graphql?query={__typename}`)
    await expect.poll(() => begun.length).toBe(n + 1)
    begun.pop()?.()
    expect((await other).status).toBe(200)
    expect(answers()).toBe(n - 1)
    begun.at(-1)?.()
    await expect.poll(answers).toBe(n)
  }
  socket.destroy()
})
