import type { CommunityId } from '../../src/domain/community-id.ts'
import type { WebhookAdded, WebhookRemoved } from '../../src/domain/webhook-events.ts'
import type { WebhookId } from '../../src/domain/webhook.ts'

/** The id of the webhook of this number. */
export function webhookId(number: number): WebhookId {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}` as WebhookId
}

/** A webhook that is told of all communities, or of one. */
export function webhookAdded(number: number, communityId: CommunityId | null = null): WebhookAdded {
  const types = ['MagnetlinkDispatched', 'SeedingStarted'] as const
  return { type: 'WebhookAdded', data: { webhookId: webhookId(number), types, communityId } }
}

export function webhookRemoved(number: number): WebhookRemoved {
  return { type: 'WebhookRemoved', data: { webhookId: webhookId(number), reason: 'REQUESTED' } }
}
