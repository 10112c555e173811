import { createHmac, randomBytes } from 'node:crypto'
import type { Brand } from '../domain/brand.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { WebhookId } from '../domain/webhook.ts'

/** What signs deliveries, shared with whoever receives them: `whsec_` and base64. Never recorded, logged or shown again. */
export type WebhookSecret = Brand<string, 'WebhookSecret'>

const PREFIX = 'whsec_'
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32

/** Makes a secret of 256 random bits. */
export function createWebhookSecret(): WebhookSecret {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}` as WebhookSecret
}

/**
 * What a delivery is called, over all its tries: receivers drop what they have seen. It names the event by its id, and not
 * by its position, which another event gets where a log goes on from a back-up.
 */
export function deliveryIdOf(webhookId: WebhookId, eventId: string): string {
  return `${webhookId}_${eventId}`
}

/** What `deliveryIdOf` was made of; null for any other text. */
export function parseDeliveryId(text: string): { readonly webhookId: WebhookId; readonly eventId: string } | null {
  const [, webhookId, eventId] = /^([0-9a-f-]{36})_([0-9a-f-]{36})$/.exec(text) ?? []
  return webhookId === undefined || eventId === undefined ? null : { webhookId: webhookId as WebhookId, eventId }
}

/**
 * The headers by which a receiver knows who sends, and when: a signature over id, time and body.
 *
 * @param at When it is sent: receivers refuse what is older than some minutes.
 * @see Standard Webhooks, "Signature scheme": https://github.com/standard-webhooks/standard-webhooks
 */
export function signDelivery(
  secret: WebhookSecret,
  id: string,
  at: UnixMillis,
  body: string,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at / 1000))
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
