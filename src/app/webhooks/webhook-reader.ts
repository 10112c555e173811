import type { Kysely } from 'kysely'
import type { Position } from '../../events/recorded-event.ts'
import type { ShownDelivery, WebhookReader } from '../../graphql/webhooks.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readWebhooks } from '../../projections/webhooks.ts'
import { deliveryIdOf } from '../../webhooks/sign-delivery.ts'
import type { Delivery, Webhook } from '../../webhooks/webhook.ts'
import type { WebhookStore } from '../../webhooks/webhook-store.ts'

/** Creates what shows webhooks: those that are recorded, with how telling them goes. */
export function createWebhookReader(db: Kysely<ReadModels>, store: WebhookStore): WebhookReader {
  return {
    async list(communityId) {
      const recorded = new Map((await readWebhooks(db)).map((each) => [each.webhookId, each]))
      return store.all().flatMap(({ cursor, ...webhook }) => {
        const known = recorded.get(webhook.webhookId)
        if (known === undefined || (communityId !== null && webhook.communityId !== communityId)) return []
        return [{ ...webhook, addedAt: known.addedAt, addedBy: known.addedBy, toldUpTo: cursor as Position }]
      })
    },
    deliveries(webhookId, page) {
      const webhook = store.get(webhookId)
      return webhook === null ? [] : store.deliveries(webhookId, page).map((each) => shown(each, webhook))
    },
  }
}

/** Only what the webhook is to be told next is tried again by itself. */
function shown(delivery: Delivery, { cursor, nextTryAt }: Webhook): ShownDelivery {
  const { eventId, webhookId, position, failure } = delivery
  return {
    ...delivery,
    deliveryId: deliveryIdOf(webhookId, eventId),
    position: position as Position,
    nextTryAt: failure !== null && position > cursor ? nextTryAt : null,
  }
}
