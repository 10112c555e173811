import type { CommandMeta } from '../../commands/command-meta.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { WebhookEnd } from '../../domain/webhook-events.ts'
import { readCommunity } from '../../projections/communities.ts'
import { readWebhooks, type RecordedWebhook } from '../../projections/webhooks.ts'
import type { Stores } from '../stores.ts'

type ReconcilePorts = Pick<Stores, 'db' | 'execute' | 'webhooks'>

/**
 * Has what is recorded of webhooks and what is kept of them be the same again, after a crash between the two, or where one
 * of them was lost: what is not recorded is deleted, and what cannot be told any more is recorded as removed.
 */
export async function reconcileWebhooks(ports: ReconcilePorts, meta: CommandMeta): Promise<void> {
  const { db, webhooks } = ports
  const recorded = await readWebhooks(db)
  const known = new Set(recorded.map(({ webhookId }) => webhookId))
  for (const { webhookId } of webhooks.all()) if (!known.has(webhookId)) webhooks.remove(webhookId)
  for (const webhook of recorded) {
    const reason = await endOf(webhook, ports)
    if (reason !== null) await remove(webhook, reason, ports, meta)
  }
}

/** Removes the webhooks that are told of a community, as its archives are deleted. */
export async function removeWebhooksOf(
  communityId: CommunityId,
  ports: ReconcilePorts,
  meta: CommandMeta,
): Promise<void> {
  for (const webhook of await readWebhooks(ports.db)) {
    if (webhook.communityId === communityId) await remove(webhook, 'COMMUNITY_PURGED', ports, meta)
  }
  ports.webhooks.forget(communityId)
}

async function endOf(
  { webhookId, communityId }: RecordedWebhook,
  { db, webhooks }: ReconcilePorts,
): Promise<WebhookEnd | null> {
  const community = communityId === null ? null : await readCommunity(db, communityId)
  if (community !== null && (community.purgedAt ?? community.forgottenAt) !== null) return 'COMMUNITY_PURGED'
  return webhooks.get(webhookId) === null ? 'LOST' : null
}

async function remove(
  { webhookId }: RecordedWebhook,
  reason: WebhookEnd,
  { execute, webhooks }: ReconcilePorts,
  meta: CommandMeta,
): Promise<void> {
  const removed = await execute({ type: 'RemoveWebhook', webhookId, reason }, meta)
  if (!removed.ok) throw new Error(`Cannot record that webhook ${webhookId} was removed: ${removed.error.type}`)
  webhooks.remove(webhookId)
}
