import { keepOn, nextAddress, openRaw, openWebSocket, requestText, subscribeText, type Attack } from './attack.ts'

const FRAMES_A_SECOND = 200
const MESSAGES_A_SECOND = 200
const REQUESTS_A_SECOND = 400
const ADDRESSES = 1_000

const UPGRADE = requestText(
  {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
  },
  '',
  'GET',
)

const MASK = Buffer.alloc(4)

/** What RFC 6455 does not allow. */
const FRAMES: readonly Buffer[] = [
  Buffer.from([0x81, 0x02, 0x7b, 0x7d]), // Not masked.
  Buffer.concat([Buffer.from([0x83, 0x80]), MASK]), // An operation code that means nothing.
  Buffer.concat([Buffer.from([0xf1, 0x80]), MASK]), // Bits of extensions that nobody agreed on.
  Buffer.concat([Buffer.from([0x89, 0xfe, 0x01, 0x00]), MASK, Buffer.alloc(256)]), // A ping that is too long.
  Buffer.concat([Buffer.from([0x80, 0x80]), MASK]), // The end of what never began.
  Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.alloc(8, 0xff), MASK]), // 2^64 - 1 bytes.
  Buffer.concat([Buffer.from([0x81, 0x82]), MASK, Buffer.from([0xc3, 0x28])]), // No UTF-8.
  Buffer.concat([Buffer.from([0x88, 0x81]), MASK, Buffer.from([0x03])]), // Half a close code.
  Buffer.concat(Array.from({ length: 2_000 }, (_, each) => Buffer.from([each === 0 ? 0x01 : 0x00, 0x80, 0, 0, 0, 0]))), // In pieces, without an end.
  Buffer.concat(Array.from({ length: 5_000 }, () => Buffer.from([0x89, 0x80, 0, 0, 0, 0]))), // A flood of pings.
]

export const malformedFrames: Attack = async (target, tally) => {
  keepOn(FRAMES_A_SECOND, (count) => {
    const socket = openRaw(target, tally, UPGRADE)
    socket.write(FRAMES[count % FRAMES.length] ?? '')
    setTimeout(() => socket.destroy(), 1_000)
  })
}

const INIT = '{"type":"connection_init"}'

/** What graphql-transport-ws does not allow, or what no schema has, after `connection_init`. */
const MESSAGES: readonly (readonly string[])[] = [
  ['no JSON'],
  ['{"type":"nothing"}'],
  [INIT, INIT],
  ['[]'],
  ['null'],
  ['{"type":"subscribe"}'],
  ['{"type":"subscribe","id":7,"payload":{"query":"{ __typename }"}}'],
  [subscribeText('', '{ __typename }')],
  [subscribeText('1', '{ __typename '), subscribeText('1', '{ nothing }')],
  ['{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","variables":[1]}}'],
  [`{"type":"ping","payload":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}}`],
  [`{"type":"ping","payload":{"a":"${'a'.repeat(99_000)}"}}`],
  [`{"type":"ping","payload":{"a":"${'a'.repeat(200_000)}"}}`],
  Array.from({ length: 500 }, () => '{"type":"ping"}'),
  Array.from({ length: 200 }, (_, id) => `{"type":"complete","id":"${id}"}`),
]

export const malformedMessages: Attack = async (target, tally) => {
  keepOn(MESSAGES_A_SECOND, (count) => {
    openWebSocket(target, tally, {
      address: nextAddress(ADDRESSES),
      onOpen: (socket) => {
        for (const message of MESSAGES[count % MESSAGES.length] ?? []) socket.send(message)
        setTimeout(() => socket.terminate(), 1_000)
      },
    })
  })
}

const LF = requestText({}, '{}').replaceAll('\r\n', '\n')

/** What HTTP does not allow, or what nobody reads. */
const REQUESTS: readonly (string | Buffer)[] = [
  'NONSENSE\r\n\r\n',
  LF,
  Buffer.alloc(10_000, 0),
  Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]), // The hello of TLS.
  requestText({ 'Content-Length': '2', 'content-length': '3' }, '{}'),
  requestText({ 'Transfer-Encoding': 'chunked', 'Content-Length': '2' }, '{}'),
  `${requestText({ 'Transfer-Encoding': 'chunked' })}-1\r\n{}\r\n0\r\n\r\n`,
  `${requestText({ 'Transfer-Encoding': 'chunked' })}ffffffffffffffff\r\n{}\r\n`,
  `${requestText({ 'Transfer-Encoding': 'chunked' })}1;${'x'.repeat(50_000)}\r\n`,
  requestText({ 'X-Long': 'a'.repeat(100_000) }),
  requestText(Object.fromEntries(Array.from({ length: 3_000 }, (_, each) => [`X-${each}`, 'a']))),
  requestText({ Host: 'evil.example' }, '{}'),
  requestText({ 'X-Nul': '\0' }, '{}'),
  requestText({ 'Content-Type': 'text/plain' }, '{"query":"{ __typename }"}'),
  requestText({}, '{"query":'),
  requestText({}, '[{"query":"{ __typename }"}]'),
  requestText({}, '{"query":7}'),
  requestText({}, 'ÿ'),
  requestText({}, '', 'TRACE'),
  requestText({ Upgrade: 'h2c', Connection: 'Upgrade' }, '{}'),
  `GET /graphql?query=%${'%'.repeat(5_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  'GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
]

export const malformedRequests: Attack = async (target, tally) => {
  keepOn(REQUESTS_A_SECOND, (count) => {
    const request = REQUESTS[count % REQUESTS.length] ?? ''
    const from = `X-Forwarded-For: ${nextAddress(ADDRESSES)}\r\nContent-Type:`
    const socket = openRaw(target, tally)
    socket.write(typeof request === 'string' ? request.replace('Content-Type:', from) : request)
    setTimeout(() => socket.destroy(), 1_000)
  })
}
