import type { WebhookId } from '../../domain/webhook.ts'
import type { GraphqlContext } from '../context.ts'
import { Webhook } from '../nouns/webhook.ts'
import type { RefusalType } from '../refusals/refusal-spec.ts'
import type { ShownWebhook, WebhookWished } from '../webhooks.ts'
import { defineResult, positionDescription, type MutationResult } from './mutation.ts'

/** Declares the result of a wish about a webhook that is there after it. */
export function defineWebhookResult(
  name: string,
  description: string,
  refusals: readonly RefusalType[] = [],
): MutationResult<WebhookWished> {
  return defineResult<WebhookWished>(name, description, ['WebhookNotFound', ...refusals], (t) => ({
    position: t.expose('position', {
      type: 'Position',
      nullable: true,
      description: `${positionDescription} How a webhook is told is no part of the log.`,
    }),
    webhook: t.field({
      type: Webhook,
      nullable: true,
      description: 'The webhook, as it is now; null where it was removed since.',
      resolve: async ({ webhookId }, _args, context) => shownWebhook(webhookId, context),
    }),
  }))
}

/** A webhook as it is now; null where it is not there any more. */
export async function shownWebhook(
  webhookId: WebhookId,
  { webhooks }: Pick<GraphqlContext, 'webhooks'>,
): Promise<ShownWebhook | null> {
  return (await webhooks.list(null)).find((each) => each.webhookId === webhookId) ?? null
}
