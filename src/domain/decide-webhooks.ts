import { err, ok, type Result } from './result.ts'
import type { AddWebhook, WebhookCommand } from './webhook-commands.ts'
import type { WebhookEvent } from './webhook-events.ts'
import type { WebhookRefusal } from './webhook-refusals.ts'
import type { KnownWebhooks } from './webhook.ts'

/** How many webhooks each community can have, and as many are told of all communities. */
export const MAX_WEBHOOKS = 10
/** How many there can be in all: each may keep a socket open. */
export const MAX_WEBHOOKS_OF_NODE = 100

/** Decides about webhooks. Who may wish for it is told before. */
export function decideWebhooks(
  command: WebhookCommand,
  webhooks: KnownWebhooks,
): Result<readonly WebhookEvent[], WebhookRefusal> {
  const { webhookId } = command
  const isKnown = webhooks.some((known) => known.webhookId === webhookId)
  switch (command.type) {
    case 'AddWebhook':
      return isKnown ? ok([]) : addWebhook(command, webhooks)
    case 'RemoveWebhook': {
      if (!isKnown) return err({ type: 'WebhookNotFound', webhookId })
      return ok([{ type: 'WebhookRemoved', data: { webhookId, reason: command.reason } }])
    }
  }
}

function addWebhook(
  { webhookId, types, about: communityId }: AddWebhook,
  webhooks: KnownWebhooks,
): Result<readonly WebhookEvent[], WebhookRefusal> {
  const alike = webhooks.filter((known) => known.communityId === communityId)
  if (alike.length >= MAX_WEBHOOKS) return err({ type: 'TooManyWebhooks', limit: MAX_WEBHOOKS })
  if (webhooks.length >= MAX_WEBHOOKS_OF_NODE) return err({ type: 'TooManyWebhooks', limit: MAX_WEBHOOKS_OF_NODE })
  const sorted = [...new Set(types)].toSorted()
  return ok([{ type: 'WebhookAdded', data: { webhookId, types: sorted, communityId } }])
}
