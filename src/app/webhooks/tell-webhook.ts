import type { AddressRules } from '../../addresses/check-addresses.ts'
import type { DomainEvent } from '../../domain/events.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { WebhookId } from '../../domain/webhook.ts'
import type { EventLog } from '../../events/event-log.ts'
import type { Position, Recorded } from '../../events/recorded-event.ts'
import type { SignalJson } from '../../graphql/subscriptions/signal-json.ts'
import type { TellingOutcome } from '../../reactors/telling-reactor.ts'
import { planRetry } from '../../webhooks/plan-retry.ts'
import { sendDelivery, type Sent } from '../../webhooks/send-delivery.ts'
import { deliveryIdOf, signDelivery, type WebhookSecret } from '../../webhooks/sign-delivery.ts'
import type { ToldEvent, Webhook } from '../../webhooks/webhook.ts'
import type { WebhookStore } from '../../webhooks/webhook-store.ts'

export interface TellWebhookPorts {
  readonly store: WebhookStore
  readonly log: Pick<EventLog, 'read' | 'head'>
  /** An event, as a subscriber is told who may read what the webhook is told of. */
  readonly tellSignal: (recorded: Recorded, webhook: Webhook) => Promise<SignalJson>
  readonly rules: AddressRules
  readonly userAgent: string
  readonly now: () => UnixMillis
  /** From 0 to 1: spreads the tries of webhooks that failed together. */
  readonly random: () => number
  readonly onFault: (fault: unknown) => void
  /** Is told of each webhook that is switched off. */
  readonly onOff: (webhook: Webhook, code: NonNullable<Webhook['off']>) => void
}

/** How many events are read at once: more than one only where most are of other communities. */
const PAGE_EVENTS = 20

/** Creates what tells a webhook the next event, or once more one that somebody wants replayed. */
export function createTellWebhook(
  ports: TellWebhookPorts,
): (webhook: Webhook, signal: AbortSignal) => Promise<TellingOutcome> {
  const { store } = ports
  const findNext = createFindNext(ports)
  return async (webhook, signal) => {
    const replay = store.nextReplay(webhook.webhookId)
    if (replay === null && webhook.off !== null) return 'NOTHING'
    const recorded = await (replay === null ? findNext(webhook) : readEvent(replay, ports))
    if (replay === null && recorded === null) return 'NOTHING'
    const event = replay ?? toldEventOf(recorded)
    const triedAt = ports.now()
    const began = performance.now()
    const sent = await trySending(webhook, recorded, signal, ports)
    if (sent === null) return 'NOTHING'
    const outcome = { ...sent, triedAt, durationMs: Math.round(performance.now() - began) }
    const progress = replay === null ? planRetry(webhook, outcome, ports.random()) : null
    const goesOnSo = store.noteTry(webhook, event, outcome, progress)
    if (goesOnSo && progress !== null && progress.off !== null) ports.onOff(webhook, progress.off)
    return 'TRIED'
  }
}

/** @returns The oldest event behind the cursor that the webhook is to be told of; null where there is none yet. */
function createFindNext({ log }: TellWebhookPorts): (webhook: Webhook) => Promise<Recorded | null> {
  /** How far each was looked through in vain, and from where: safe to lose, and only there not to look twice. */
  const looked = new Map<WebhookId, { readonly cursor: number; readonly upTo: Position }>()
  return async ({ webhookId, cursor, types, communityId }) => {
    const known = looked.get(webhookId)
    let after = (known?.cursor === cursor ? known.upTo : cursor) as Position
    for (;;) {
      const head = log.head()
      const page = await log.read({ after, types, limit: PAGE_EVENTS })
      const found = page.find(({ event }) => concerns(event, communityId))
      if (found !== undefined) return found
      after = (page.length < PAGE_EVENTS ? Math.max(after, head) : page.at(-1)?.position) as Position
      looked.set(webhookId, { cursor, upTo: after })
      if (page.length < PAGE_EVENTS) return null
    }
  }
}

/** Events of the node as a whole concern everybody. */
function concerns(event: DomainEvent, communityId: Webhook['communityId']): boolean {
  return communityId === null || !('communityId' in event) || event.communityId === communityId
}

/** Null where another event stands there by now: the log went on from a back-up. */
async function readEvent({ position, eventId }: ToldEvent, { log }: TellWebhookPorts): Promise<Recorded | null> {
  const [recorded] = await log.read({ after: (position - 1) as Position, limit: 1 })
  return recorded?.id === eventId ? recorded : null
}

function toldEventOf(recorded: Recorded | null): ToldEvent {
  if (recorded === null) throw new Error('Cannot tell of no event')
  return { position: recorded.position, eventId: recorded.id, type: recorded.event.type }
}

/** Null where the webhook was removed, or the node stops. */
async function trySending(
  webhook: Webhook,
  recorded: Recorded | null,
  signal: AbortSignal,
  ports: TellWebhookPorts,
): Promise<Sent | null> {
  const secret = ports.store.secretOf(webhook.webhookId)
  if (secret === null) return null
  if (recorded === null) return { status: null, failure: 'INTERNAL' }
  try {
    return await send(webhook, secret, recorded, signal, ports)
  } catch (fault) {
    ports.onFault(fault)
    return { status: null, failure: 'INTERNAL' }
  }
}

async function send(
  webhook: Webhook,
  secret: WebhookSecret,
  recorded: Recorded,
  signal: AbortSignal,
  { tellSignal, rules, userAgent, now }: TellWebhookPorts,
): Promise<Sent | null> {
  const { type, occurredAt, fields } = await tellSignal(recorded, webhook)
  const body = JSON.stringify({ type, timestamp: occurredAt, data: fields })
  const signed = signDelivery(secret, deliveryIdOf(webhook.webhookId, recorded.id), now(), body)
  const headers = { 'content-type': 'application/json', 'user-agent': userAgent, ...signed }
  return sendDelivery({ ...rules, url: webhook.url, headers, body, signal })
}
