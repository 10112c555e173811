import type { WebhookId } from './webhook.ts'

/** There is no such webhook, or none that the wisher may know of. */
export interface WebhookNotFound {
  readonly type: 'WebhookNotFound'
  readonly webhookId: WebhookId
}
/** More webhooks than a community, or the node as a whole, can have. */
export interface TooManyWebhooks {
  readonly type: 'TooManyWebhooks'
  readonly limit: number
}

export type WebhookRefusal = WebhookNotFound | TooManyWebhooks
