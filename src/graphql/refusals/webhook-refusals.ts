import type { WebhookRefusal } from '../../domain/webhook-refusals.ts'
import type { WebhookWishRefusal } from '../webhooks.ts'
import { field, type RefusalSpecs } from './refusal-spec.ts'

/** Why a wish about webhooks is not granted. */
export const webhookRefusals: RefusalSpecs<
  WebhookRefusal['type'] | Exclude<WebhookWishRefusal['type'], 'AddressRefused'>
> = {
  WebhookNotFound: {
    description: 'There is no such webhook of this community, or none that is told of all.',
    message: ({ webhookId }, where) =>
      `${where} has no webhook ${webhookId}: give its communityId as \`webhooks\` shows it, or none where that is null.`,
    fields: { webhookId: field('WebhookId', 'The id that was given.', ({ webhookId }) => webhookId) },
  },
  TooManyWebhooks: {
    description: 'More webhooks than there can be: of a community, or in all.',
    message: ({ limit }, where) => `${where} has as many webhooks as there can be, ${limit}: removeWebhook one first.`,
    fields: { limit: field('Int', 'How many there can be.', ({ limit }) => limit) },
  },
  WebhookNotEncrypted: {
    description: 'Only what is encrypted leaves the local network.',
    message: ({ host }) =>
      `${host} is to be told without encryption: give a URL that begins with https://. Within a local network SEEDBANK_PRIVATE_ADDRESSES allows http:// too.`,
    fields: { host: field('String', 'The host.', ({ host }) => host) },
  },
  DeliveryNotKept: {
    description: 'The delivery was never made, or is not kept any more: the last 100 of a webhook are.',
    message: ({ deliveryId }, where) =>
      `${where} has no delivery ${JSON.stringify(deliveryId.slice(0, 80))}: \`deliveries\` of the webhook names those that are kept; redeliverWebhook goes back further.`,
    fields: { deliveryId: field('String', 'The id that was given.', ({ deliveryId }) => deliveryId) },
  },
}
