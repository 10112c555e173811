import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { checkAddresses, type AddressRules } from '../../addresses/check-addresses.ts'
import { answerOnce, type FindEarlierAnswer } from '../../commands/earlier-answer.ts'
import type { CommandMeta, Execute, Refusal } from '../../commands/command-meta.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { WebhookId } from '../../domain/webhook.ts'
import type { EventLog } from '../../events/event-log.ts'
import type {
  AddedWebhook,
  AddWebhookInput,
  WebhookOfCommunity,
  WebhookWished,
  WebhookWishes,
  WebhookWishRefusal,
} from '../../graphql/webhooks.ts'
import { readCommunity } from '../../projections/communities.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readWebhooks } from '../../projections/webhooks.ts'
import { createWebhookSecret, parseDeliveryId } from '../../webhooks/sign-delivery.ts'
import type { WebhookStore } from '../../webhooks/webhook-store.ts'

export interface WebhookWishPorts {
  readonly log: EventLog
  readonly db: Kysely<ReadModels>
  readonly execute: Execute
  readonly findEarlierAnswer: FindEarlierAnswer
  readonly webhooks: WebhookStore
  readonly rules: AddressRules
  /** Has webhooks told of what is new for them. */
  readonly wakeTelling: () => void
  readonly now: () => UnixMillis
}

/** Creates the wishes about webhooks: which there are is recorded, how they are told is not. */
export function createWebhookWishes(ports: WebhookWishPorts): WebhookWishes {
  const { log, webhooks: store, wakeTelling } = ports
  const change = async (
    name: string,
    webhook: WebhookOfCommunity,
    meta: CommandMeta,
    work: () => void,
  ): Promise<Result<WebhookWished, Refusal>> =>
    answerOnce(log, name, meta, async (): Promise<Result<WebhookWished, Refusal>> => {
      const { webhookId } = webhook
      if (!(await isThere(webhook, ports))) return err({ type: 'WebhookNotFound', webhookId })
      work()
      wakeTelling()
      return ok({ position: null, webhookId })
    })
  return {
    addWebhook: createAddWebhook(ports),
    removeWebhook: createRemoveWebhook(ports),
    retryWebhook: async (webhook, meta) => change('RetryWebhook', webhook, meta, () => store.tryNow(webhook.webhookId)),
    redeliverWebhook: async ({ after, ...webhook }, meta) =>
      change('RedeliverWebhook', webhook, meta, () => store.moveTo(webhook.webhookId, after)),
    async replayDelivery({ deliveryId, communityId }, meta) {
      const { webhookId, eventId } = parseDeliveryId(deliveryId) ?? NO_DELIVERY
      if (store.find(webhookId, eventId) === null) return err({ type: 'DeliveryNotKept', deliveryId })
      return change('ReplayDelivery', { webhookId, communityId }, meta, () => store.wantReplay(webhookId, eventId))
    },
  }
}

/** No webhook has this id, and no event. */
const NO_DELIVERY = { webhookId: '' as WebhookId, eventId: '' }

/** The secret and the URL come before the event: what is recorded as there can be told. */
function createAddWebhook(ports: WebhookWishPorts): WebhookWishes['addWebhook'] {
  const { log, execute, findEarlierAnswer, webhooks: store, now } = ports
  return async (input, meta) => {
    const earlier = await findEarlierAnswer('AddWebhook', meta)
    if (earlier !== null) return earlier.ok ? addedBefore(input, earlier.value, meta, store) : earlier
    const barred = await barToAdding(input, ports)
    if (barred !== null) return err(barred)
    const webhookId = randomUUID() as string as WebhookId
    const secret = createWebhookSecret()
    const { url, types, communityId, after } = input
    store.add({ webhookId, url, secret, types, communityId, addedAt: now(), cursor: after ?? log.head() })
    try {
      const added = await execute({ type: 'AddWebhook', webhookId, types, about: communityId }, meta)
      if (!added.ok) return added
      ports.wakeTelling()
      return ok({ position: added.value.position, webhookId, secret })
    } finally {
      // What is not recorded is not there, whatever the reason; so nothing of it is kept.
      if (!(await isThere({ webhookId, communityId }, ports))) store.remove(webhookId)
    }
  }
}

async function barToAdding(
  { url, communityId }: AddWebhookInput,
  { db, rules }: WebhookWishPorts,
): Promise<Refusal | WebhookWishRefusal | null> {
  const community = communityId === null ? null : await readCommunity(db, communityId)
  if (communityId !== null && community === null) return { type: 'CommunityNotFound' }
  if (community?.status === 'LEFT') return { type: 'CommunityWasLeft' }
  const { hostname: host, protocol } = new URL(url)
  if (protocol !== 'https:' && !rules.allowPrivate) return { type: 'WebhookNotEncrypted', host }
  const checked = await checkAddresses([host], rules)
  return checked.ok ? null : { type: 'AddressRefused', host: checked.error.host }
}

/** The same wish is answered alike. The receipt has nothing of a URL in it, so that the webhook itself is asked. */
function addedBefore(
  { url }: AddWebhookInput,
  {
    position,
    result,
  }: { readonly position: AddedWebhook['position']; readonly result: { readonly webhookId?: WebhookId } },
  { idempotency }: CommandMeta,
  store: WebhookStore,
): Result<AddedWebhook, Refusal> {
  const { webhookId = NO_DELIVERY.webhookId } = result
  const secret = store.secretOf(webhookId)
  const kept = store.get(webhookId)
  if (secret === null || kept === null) return err({ type: 'WebhookNotFound', webhookId })
  if (kept.url !== url) return err({ type: 'IdempotencyKeyReused', key: idempotency?.key ?? '' })
  return ok({ position, webhookId, secret })
}

/** The event comes first: what is not recorded as there is told nothing more, and is deleted at the next start. */
function createRemoveWebhook(ports: WebhookWishPorts): WebhookWishes['removeWebhook'] {
  const { execute, findEarlierAnswer, webhooks: store } = ports
  return async (webhook, meta) => {
    const { webhookId } = webhook
    const isNew = (await findEarlierAnswer('RemoveWebhook', meta)) === null
    if (isNew && !(await isThere(webhook, ports))) return err({ type: 'WebhookNotFound', webhookId })
    const removed = await execute({ type: 'RemoveWebhook', webhookId, reason: 'REQUESTED' }, meta)
    if (!removed.ok) return removed
    store.remove(webhookId)
    return ok({ position: removed.value.position, webhookId })
  }
}

/** Whether it is recorded, and told of this community, so that who may operate that may change it. */
async function isThere(
  { webhookId, communityId }: WebhookOfCommunity,
  { db }: Pick<WebhookWishPorts, 'db'>,
): Promise<boolean> {
  const known = (await readWebhooks(db)).find((each) => each.webhookId === webhookId)
  return known !== undefined && known.communityId === communityId
}
