import type { CommunityId } from './community-id.ts'
import type { EventType } from './events.ts'
import type { WebhookEnd } from './webhook-events.ts'
import type { WebhookId } from './webhook.ts'

/** Tell somebody. Where, and with which secret, was kept before, and is not part of the wish. */
export interface AddWebhook {
  readonly type: 'AddWebhook'
  readonly webhookId: WebhookId
  readonly types: readonly EventType[]
  /** The community whose events are told; null for all. */
  readonly about: CommunityId | null
}
/** Tell a webhook nothing more. */
export interface RemoveWebhook {
  readonly type: 'RemoveWebhook'
  readonly webhookId: WebhookId
  readonly reason: WebhookEnd
}

export type WebhookCommand = AddWebhook | RemoveWebhook
