import type { WebhookEnd, WebhookEvent } from '../domain/webhook-events.ts'
import type { KnownWebhook } from '../domain/webhook.ts'
import { shortId, tellCount } from './in-words.ts'

const ENDS: Readonly<Record<WebhookEnd, string>> = {
  REQUESTED: 'as was asked for',
  COMMUNITY_PURGED: "its community's archives were deleted",
  LOST: 'where it was told is not known any more',
}

/** What happened to a webhook, in one sentence. */
export function tellWebhookEvent({ type, data }: WebhookEvent): string {
  switch (type) {
    case 'WebhookAdded':
      return `has somebody outside told of ${tellCount(data.types.length, 'kind')} of events: webhook ${tellWebhook(data)}`
    case 'WebhookRemoved':
      return `removed webhook ${shortId(data.webhookId)}: ${ENDS[data.reason]}`
  }
}

/** Which webhook, and of what it is told. */
export function tellWebhook({ webhookId, communityId }: KnownWebhook): string {
  return `${shortId(webhookId)} (${communityId === null ? 'of all communities' : `of community ${shortId(communityId)}`})`
}
