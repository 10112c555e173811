import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { WebhookUrl } from '../../src/domain/webhook.ts'
import { sendDelivery, type Sent, type SendOptions } from '../../src/webhooks/send-delivery.ts'
import { openWebhookReceiver, withStatus, type WebhookReceiver } from '../support/webhook-receiver.ts'

let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await openWebhookReceiver()
})
beforeEach(() => {
  receiver.answer = withStatus(204)
  receiver.received.length = 0
})
afterAll(async () => receiver[Symbol.asyncDispose]())

async function send(more: Partial<SendOptions> = {}): Promise<Sent | null> {
  return sendDelivery({
    url: receiver.url,
    headers: { 'content-type': 'application/json', 'webhook-id': 'one' },
    body: '{"ä":1}',
    signal: new AbortController().signal,
    allowPrivate: true,
    resolve: async () => ['127.0.0.1'],
    ...more,
  })
}

describe('a delivery', () => {
  test('is posted as it is, with path, query and headers', async () => {
    expect(await send()).toEqual({ status: 204, failure: null })
    expect(receiver.received).toMatchObject([
      { body: '{"ä":1}', headers: { 'webhook-id': 'one', 'content-length': '8', connection: 'close' } },
    ])
  })

  test.each([101, 301, 307, 308, 304, 400, 410, 500])(
    'is not made where the answer is %d, and is not led on',
    async (status) => {
      receiver.answer = (response) => response.writeHead(status, { location: `${receiver.url}&again` }).end()
      expect(await send()).toEqual({ status, failure: 'STATUS_REFUSED' })
      expect(receiver.received).toHaveLength(1)
    },
  )

  test('reads no more than a little of an answer that has no end, and counts what its first line says', async () => {
    receiver.answer = (response) => {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536)))
      response.writeHead(200).on('drain', more)
      more()
    }
    const began = performance.now()
    expect(await send({ timeOutMs: 4_000 })).toEqual({ status: 200, failure: null })
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  test('waits no longer than it may: for an answer, for the end of one, for a name', async () => {
    receiver.answer = () => undefined
    expect(await send({ timeOutMs: 50 })).toEqual({ status: null, failure: 'TIMED_OUT' })
    receiver.answer = (response) => void response.writeHead(200).write('{')
    expect(await send({ timeOutMs: 50 })).toEqual({ status: 200, failure: null })
    const never = new Promise<readonly string[]>(() => undefined)
    const slow = { url: 'http://slow.example/' as WebhookUrl, resolve: async () => never, timeOutMs: 50 }
    expect(await send(slow)).toEqual({ status: null, failure: 'TIMED_OUT' })
  })

  test('is over at once when the node stops', async () => {
    const stopping = new AbortController()
    receiver.answer = () => stopping.abort()
    expect(await send({ signal: stopping.signal })).toBeNull()
  })

  test('fails where what answers speaks no HTTP, or nobody does', async () => {
    receiver.answer = (response) => void response.socket?.end('hello\r\n\r\n')
    expect(await send()).toEqual({ status: null, failure: 'UNREACHABLE' })
    expect(await send({ url: 'http://127.0.0.1:1/' as WebhookUrl })).toEqual({ status: null, failure: 'UNREACHABLE' })
    const encrypted = receiver.url.replace('http:', 'https:') as WebhookUrl
    expect(await send({ url: encrypted })).toEqual({ status: null, failure: 'UNREACHABLE' })
  })
})

describe('where the local network is out of bounds', () => {
  const hosts = [
    '127.0.0.1',
    'localhost',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[fd00::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    '0x7f000001',
    '2130706433',
  ]
  test.each(hosts)('%s is not dialled', async (host) => {
    const url = new URL(`https://${host}/`).href as WebhookUrl
    expect(await send({ url, allowPrivate: false })).toEqual({ status: null, failure: 'ADDRESS_REFUSED' })
  })

  test.each(['127.0.0.1', '::ffff:10.0.0.1', '100.64.0.1', 'fd00::1'])(
    'nor is a name that stands for %s by now, beside a good address',
    async (address) => {
      const resolve = async (): Promise<readonly string[]> => ['203.0.113.1', address]
      const url = 'https://rebound.example/' as WebhookUrl
      expect(await send({ url, resolve, allowPrivate: false })).toEqual({ status: null, failure: 'ADDRESS_REFUSED' })
    },
  )

  test('nothing is sent unencrypted', async () => {
    const url = 'http://hooks.example/' as WebhookUrl
    expect(await send({ url, allowPrivate: false })).toEqual({ status: null, failure: 'NOT_ENCRYPTED' })
  })
})

test('a name is asked for once, and what it stood for is dialled, and not what it stands for later', async () => {
  const answers = [['127.0.0.1'], ['203.0.113.1']]
  let asked = 0
  const { port } = new URL(receiver.url)
  const resolve = async (): Promise<readonly string[]> => answers[asked++] ?? []
  expect(await send({ url: `http://hooks.example:${port}/` as WebhookUrl, resolve })).toMatchObject({ status: 204 })
  expect({ asked, host: receiver.received[0]?.headers.host }).toEqual({ asked: 1, host: `hooks.example:${port}` })
})
