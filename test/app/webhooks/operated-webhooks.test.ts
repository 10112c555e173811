import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addWebhook, askWebhooks, webhookWish } from '../../support/api-webhooks.ts'
import * as facts from '../../support/community-facts.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { OTHER } from '../../support/signal-history.ts'
import { webhookAdded } from '../../support/webhook-facts.ts'
import { openWebhookReceiver, withStatus, type Received, type WebhookReceiver } from '../../support/webhook-receiver.ts'

let api: OpenApi
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await openWebhookReceiver()
})
beforeEach(async () => {
  receiver.answer = withStatus(204)
  receiver.received.length = 0
  api = await openApi()
  await recordFacts(api.stores.log, [...facts.ready, ...facts.served(1), facts.magnetlinkDispatched(1, 1000)])
})
afterAll(async () => receiver[Symbol.asyncDispose]())

async function toldAll(): Promise<void> {
  api.webhooks.telling.start()
  api.webhooks.telling.wake()
  await api.webhooks.telling.settled()
}

function typeOf({ body }: Received): string {
  return (JSON.parse(body) as { type: string }).type
}

function idsOf(received: readonly Received[]): readonly unknown[] {
  return received.map(({ headers }) => headers['webhook-id'])
}

describe('an operator', () => {
  test('switches a webhook on again that is gone, and has it told anew from anywhere', async () => {
    receiver.answer = withStatus(410)
    const { webhook } = await addWebhook(api.url, receiver.url)
    const { webhookId = '' } = webhook ?? {}
    await toldAll()
    api.webhooks.clock.advanceBy(86_400_000)
    await toldAll()
    expect(receiver.received).toHaveLength(1)
    expect(await askWebhooks(api.url)).toMatchObject([{ off: 'GONE', nextTryAt: null }])

    receiver.answer = withStatus(204)
    expect(await webhookWish(api.url, 'retryWebhook', { webhookId })).toMatchObject({ webhook: { off: null } })
    await toldAll()
    expect(receiver.received).toHaveLength(3)
    const first = JSON.parse(receiver.received[1]?.body ?? '') as { data: { cursor: string } }
    await webhookWish(api.url, 'redeliverWebhook', { webhookId, after: first.data.cursor })
    await toldAll()
    expect(receiver.received.slice(3).map(typeOf)).toEqual(['MagnetlinkDispatched'])
    await webhookWish(api.url, 'redeliverWebhook', { webhookId, after: 'START' })
    await toldAll()
    expect(receiver.received).toHaveLength(6)
    expect(idsOf(receiver.received.slice(4))).toEqual(idsOf(receiver.received.slice(1, 3)))
  })

  test('replays one delivery, once for a key, without a word of what comes behind it', async () => {
    await addWebhook(api.url, receiver.url)
    await toldAll()
    const deliveryId = String(receiver.received[0]?.headers['webhook-id'])
    receiver.answer = withStatus(500)
    await webhookWish(api.url, 'replayDelivery', { deliveryId, idempotencyKey: 'once' })
    await toldAll()
    await webhookWish(api.url, 'replayDelivery', { deliveryId, idempotencyKey: 'once' })
    api.webhooks.clock.advanceBy(86_400_000)
    await toldAll()
    expect(idsOf(receiver.received.slice(2))).toEqual([deliveryId])
    expect(await askWebhooks(api.url)).toMatchObject([
      { failures: 0, deliveries: { edges: [{ node: { deliveryId, attempts: 2, status: 500, nextTryAt: null } }, {}] } },
    ])
    const unknown = deliveryId.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    expect(await webhookWish(api.url, 'replayDelivery', { deliveryId: unknown })).toEqual({ code: 'DeliveryNotKept' })
  })

  test('removes a webhook, of the community that it is of alone', async () => {
    const { webhook } = await addWebhook(api.url, receiver.url, { communityId: facts.COMMUNITY })
    const { webhookId = '' } = webhook ?? {}
    const [theirs, ours] = [
      { webhookId, communityId: OTHER },
      { webhookId, communityId: facts.COMMUNITY },
    ]
    for (const args of [{ webhookId }, theirs]) {
      expect(await webhookWish(api.url, 'removeWebhook', args)).toEqual({ code: 'WebhookNotFound' })
      expect(await webhookWish(api.url, 'retryWebhook', args)).toEqual({ code: 'WebhookNotFound' })
    }
    expect(await askWebhooks(api.url, OTHER)).toEqual([])
    expect(await askWebhooks(api.url, facts.COMMUNITY)).toHaveLength(1)
    const removed = await webhookWish(api.url, 'removeWebhook', { ...ours, idempotencyKey: 'r' })
    expect(removed).toMatchObject({ webhookId, position: expect.any(String) })
    expect(await webhookWish(api.url, 'removeWebhook', { ...ours, idempotencyKey: 'r' })).toEqual(removed)
    expect(await webhookWish(api.url, 'removeWebhook', ours)).toEqual({ code: 'WebhookNotFound' })
    await toldAll()
    expect([receiver.received, await askWebhooks(api.url), api.stores.webhooks.all()]).toEqual([[], [], []])
  })

  test('adds no more than ten for a community, and none for one that is unknown', async () => {
    const ten = Array.from({ length: 10 }, (_, n) => webhookAdded(n, facts.COMMUNITY))
    await recordFacts(api.stores.log, ten)
    expect(await addWebhook(api.url, receiver.url, { communityId: facts.COMMUNITY })).toEqual({
      code: 'TooManyWebhooks',
    })
    expect(api.stores.webhooks.all()).toEqual([])
    expect(await addWebhook(api.url, receiver.url, { communityId: OTHER })).toEqual({ code: 'CommunityNotFound' })
    expect((await addWebhook(api.url, receiver.url)).code).toBeUndefined()
  })
})
