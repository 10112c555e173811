import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookUrl } from '../../src/domain/webhook.ts'

/** What was posted. */
export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers a post. */
export type Answer = (response: ServerResponse, received: Received) => void

/** A real receiver of webhooks. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: WebhookUrl
  readonly received: Received[]
  /** How the posts from now on are answered. */
  answer: Answer
  /** Resolves once so many were received, all in all. */
  until(count: number): Promise<void>
}

/** Answers with a status and nothing else. */
export function withStatus(status: number): Answer {
  return (response) => void response.writeHead(status).end()
}

/** Opens a receiver on a free port of 127.0.0.1, which answers 204. */
export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(one)
      for (const look of waiting) look()
      receiver.answer(response, one)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hook?key=geheim` as WebhookUrl,
    received,
    answer: withStatus(204),
    async until(count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = (): void => void (received.length >= count && resolve())
      waiting.add(look)
      look()
      await promise
      waiting.delete(look)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}
