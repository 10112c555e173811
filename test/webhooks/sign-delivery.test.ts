import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { WebhookId } from '../../src/domain/webhook.ts'
import { createWebhookSecret, deliveryIdOf, parseDeliveryId, signDelivery } from '../../src/webhooks/sign-delivery.ts'

const ID = deliveryIdOf('0198-a'.padEnd(36, '0') as WebhookId, '0199-b'.padEnd(36, '0'))
const BODY = '{"type":"MagnetlinkDispatched","data":{"text":"ä\u{1f331}"}}'

test('a library of the specification believes the signature, and nothing that was changed', () => {
  const secret = createWebhookSecret()
  const headers = { ...signDelivery(secret, ID, Date.now() as UnixMillis, BODY) }
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY))
  expect(() => new Webhook(createWebhookSecret()).verify(BODY, headers)).toThrow(WebhookVerificationError)
  expect(() => new Webhook(secret).verify(BODY.replace('ä', 'a'), headers)).toThrow(WebhookVerificationError)
  expect(() => new Webhook(secret).verify(BODY, { ...headers, 'webhook-id': `${ID}0` })).toThrow(
    WebhookVerificationError,
  )
  const early = { ...signDelivery(secret, ID, (Date.now() - 400_000) as UnixMillis, BODY) }
  expect(() => new Webhook(secret).verify(BODY, early)).toThrow('too old')
})

test('the id of a delivery tells webhook and event, and has no full stop, which parts what is signed', () => {
  expect(ID).not.toContain('.')
  expect(deliveryIdOf(parseDeliveryId(ID)?.webhookId as WebhookId, parseDeliveryId(ID)?.eventId ?? '')).toBe(ID)
  for (const text of ['', 'x', `${ID}x`, ID.replace('_', '-')]) expect(parseDeliveryId(text)).toBeNull()
})
