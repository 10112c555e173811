import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addWebhook, askWebhooks } from '../../support/api-webhooks.ts'
import * as facts from '../../support/community-facts.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { FACTS_CORRELATION_ID, recordFacts } from '../../support/record-facts.ts'
import { OTHER } from '../../support/signal-history.ts'
import { createTestWebhooks } from '../../support/webhook-parts.ts'
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

describe('a webhook', () => {
  test('is told each signal that was chosen, in order and signed, and of what is recorded later', async () => {
    const { secret = '', webhook } = await addWebhook(api.url, receiver.url)
    await toldAll()
    expect(receiver.received.map(typeOf)).toEqual(['HistoryArchivesSeeding', 'MagnetlinkDispatched'])
    for (const { body, headers } of receiver.received) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body))
    }
    const [, dispatched] = receiver.received
    expect(JSON.parse(dispatched?.body ?? '')).toEqual({
      type: 'MagnetlinkDispatched',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        __typename: 'MagnetlinkDispatched',
        communityId: facts.COMMUNITY,
        correlationId: FACTS_CORRELATION_ID,
        cursor: expect.any(String),
        occurredAt: expect.stringMatching(/Z$/),
        position: expect.stringMatching(/^\d+$/),
        infoHash: facts.infoHash(1),
        magnetlink: expect.objectContaining({ clock: '1000', infoHash: facts.infoHash(1) }),
      },
    })
    expect(dispatched?.headers).toMatchObject({ 'content-type': 'application/json' })

    await recordFacts(api.stores.log, [facts.magnetlinkDispatched(1, 2000)])
    await receiver.until(3)
    await api.webhooks.telling.settled()
    expect(new Set(idsOf(receiver.received)).size).toBe(3)
    expect(await askWebhooks(api.url)).toMatchObject([
      { webhookId: webhook?.webhookId, off: null, failures: 0, deliveries: { edges: { length: 3 } } },
    ])
  })

  test('has its secret and its URL in no event, no receipt and no later answer, and is added once for a key', async () => {
    const wish = { key: 'k', communityId: facts.COMMUNITY }
    const added = await addWebhook(api.url, receiver.url, wish)
    expect(added).toMatchObject({ secret: expect.stringMatching(/^whsec_/), webhook: { url: receiver.url } })
    expect(await addWebhook(api.url, receiver.url, wish)).toEqual(added)
    expect(await addWebhook(api.url, `${receiver.url}&other`, wish)).toEqual({ code: 'IdempotencyKeyReused' })
    const shown = await askWebhooks(api.url)
    expect(shown).toHaveLength(1)
    const log = ['seedbank.db', 'seedbank.db-wal'].map((name) => readFileSync(join(api.dataDir, name), 'latin1')).join()
    for (const text of [log, JSON.stringify(shown)]) expect(text).not.toContain(added.secret)
    expect(log).not.toContain('geheim')
    const [event] = await api.stores.log.read({ types: ['WebhookAdded'], limit: 9 })
    expect(event?.event.data).toEqual({
      webhookId: shown[0]?.webhookId,
      types: ['MagnetlinkDispatched', 'SeedingStarted'],
      communityId: facts.COMMUNITY,
    })
  })

  test('is told again what failed, under the same id and before all else, and holds up no other', async () => {
    await using other = await openWebhookReceiver()
    receiver.answer = withStatus(503)
    await addWebhook(api.url, receiver.url)
    await addWebhook(api.url, other.url)
    await toldAll()
    expect([receiver.received.map(typeOf), other.received.length]).toEqual([['HistoryArchivesSeeding'], 2])
    const waiting = { status: 503, failure: 'STATUS_REFUSED', isDelivered: false, nextTryAt: expect.any(String) }
    expect(await askWebhooks(api.url)).toMatchObject([
      { failures: 1, nextTryAt: expect.any(String), deliveries: { edges: [{ node: { ...waiting, attempts: 1 } }] } },
      { failures: 0, nextTryAt: null },
    ])
    await toldAll()
    expect(receiver.received).toHaveLength(1)

    api.webhooks.clock.advanceBy(5_000)
    await api.webhooks.telling.settled()
    receiver.answer = withStatus(204)
    api.webhooks.clock.advanceBy(10_000)
    await api.webhooks.telling.settled()
    expect(receiver.received.map(typeOf)).toEqual([
      'HistoryArchivesSeeding',
      'HistoryArchivesSeeding',
      'HistoryArchivesSeeding',
      'MagnetlinkDispatched',
    ])
    const [first, second, third, fourth] = idsOf(receiver.received)
    expect([first === second, second === third, third === fourth]).toEqual([true, true, false])
  })

  test('is told again, under the same id, what it was being told when the node died', async () => {
    receiver.answer = () => undefined
    await addWebhook(api.url, receiver.url)
    api.webhooks.telling.start()
    await receiver.until(1)
    await api.webhooks.telling.stop()
    receiver.answer = withStatus(204)
    const next = createTestWebhooks(api.stores, (fault) => api.faults.push(fault), api.webhooks.ports)
    next.telling.start()
    await receiver.until(3)
    await next.telling.settled()
    await next.telling.stop()
    const [first, second, third] = idsOf(receiver.received)
    expect([receiver.received.length, first === second, second === third]).toEqual([3, true, false])
  })

  test('of a community is told of that one and of the node, and of no other', async () => {
    await recordFacts(api.stores.log, [
      { type: 'CommunityAdded', communityId: OTHER, data: { role: 'MEMBER' } },
      { type: 'ProtocolDisabled', data: {} },
    ])
    const signals = ['CommunityAdded', 'HistoryArchivesProtocolDisabled']
    await addWebhook(api.url, receiver.url, { signals, communityId: OTHER })
    await toldAll()
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as { data: object }).data)).toMatchObject([
      { __typename: 'CommunityAdded', communityId: OTHER },
      { __typename: 'HistoryArchivesProtocolDisabled', communityId: null },
    ])
  })
})
