import { askData } from './graphql-request.ts'

const SHOWN = `webhookId url communityId signals toldUpTo off failures failingSince nextTryAt
  deliveries { edges { node { deliveryId position type isDelivered attempts status failure nextTryAt } } }`

/** A webhook as the API shows it. */
export interface ShownWebhook {
  readonly webhookId: string
  readonly deliveries: { readonly edges: readonly { readonly node: { readonly deliveryId: string } }[] }
}

/** The answer to a wish about webhooks. */
export interface WebhookAnswer {
  readonly code?: string
  readonly position?: string | null
  readonly secret?: string
  readonly webhookId?: string
  readonly webhook?: ShownWebhook | null
}

const ADD = `mutation($url: String!, $signals: [SignalType!]!, $communityId: CommunityId, $after: String, $key: IdempotencyKey) {
  answer: addWebhook(url: $url, signals: $signals, communityId: $communityId, after: $after, idempotencyKey: $key) {
    ... on AddWebhookAccepted { position secret webhook { ${SHOWN} } } ... on Refusal { code }
  }
}`

/** Wishes for a webhook that is told of seeding and dispatches, from the first event on, save for what is said otherwise. */
export async function addWebhook(url: string, hook: string, more: object = {}): Promise<WebhookAnswer> {
  const signals = ['HistoryArchivesSeeding', 'MagnetlinkDispatched']
  const variables = { url: hook, signals, after: 'START', ...more }
  return (await askData<{ answer: WebhookAnswer }>(url, ADD, variables)).answer
}

/** Wishes one of those that name a webhook. */
export async function webhookWish(
  url: string,
  wish: 'removeWebhook' | 'retryWebhook' | 'redeliverWebhook' | 'replayDelivery',
  args: Readonly<Record<string, string>>,
): Promise<WebhookAnswer> {
  const list = Object.entries(args).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const accepted = `${wish.charAt(0).toUpperCase()}${wish.slice(1)}Accepted`
  const fields = wish === 'removeWebhook' ? 'webhookId' : `webhook { ${SHOWN} }`
  const query = `mutation { answer: ${wish}(${list.join(', ')}) {
    ... on ${accepted} { position ${fields} } ... on Refusal { code }
  } }`
  return (await askData<{ answer: WebhookAnswer }>(url, query)).answer
}

/** All webhooks, or those of a community. */
export async function askWebhooks(url: string, communityId: string | null = null): Promise<readonly ShownWebhook[]> {
  const query = `query($communityId: CommunityId) { webhooks(communityId: $communityId) { ${SHOWN} } }`
  return (await askData<{ webhooks: readonly ShownWebhook[] }>(url, query, { communityId })).webhooks
}
