import type { CommandMeta, Refusal } from '../commands/command-meta.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { EventType } from '../domain/events.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { WebhookFailureCode, WebhookId, WebhookOffCode, WebhookUrl } from '../domain/webhook.ts'
import type { Actor, Position } from '../events/recorded-event.ts'
import type { AddressRefused } from './member-wishes.ts'

/** A webhook and how telling it goes. */
export interface ShownWebhook {
  readonly webhookId: WebhookId
  readonly url: WebhookUrl
  /** Null: all. */
  readonly communityId: CommunityId | null
  readonly types: readonly EventType[]
  readonly addedAt: UnixMillis
  readonly addedBy: Actor
  /** The last event that it was told; before the first one, that behind which it is told. */
  readonly toldUpTo: Position
  /** Null while it is on. */
  readonly off: WebhookOffCode | null
  /** In a row. */
  readonly failures: number
  readonly failingSince: UnixMillis | null
  readonly nextTryAt: UnixMillis | null
}

/** The newest try to tell a webhook of an event. */
export interface ShownDelivery {
  readonly deliveryId: string
  /** Higher for each newer try. */
  readonly number: number
  readonly position: Position
  readonly type: EventType
  readonly attempts: number
  /** What the answer said; null without one. */
  readonly status: number | null
  /** Null: it was told. */
  readonly failure: WebhookFailureCode | null
  readonly durationMs: number
  readonly triedAt: UnixMillis
  /** When it is tried again; null where it is not. */
  readonly nextTryAt: UnixMillis | null
}

/** A page of deliveries, by their numbers. */
export interface DeliveriesPage {
  readonly before: number | null
  readonly after: number | null
  readonly limit: number
  readonly ascending: boolean
}

/** What is shown of webhooks. */
export interface WebhookReader {
  /** Those of a community, or all where none is named. */
  list(communityId: CommunityId | null): Promise<readonly ShownWebhook[]>
  deliveries(webhookId: WebhookId, page: DeliveriesPage): readonly ShownDelivery[]
}

export interface AddWebhookInput {
  readonly url: WebhookUrl
  readonly types: readonly EventType[]
  readonly communityId: CommunityId | null
  /** The event behind which it is told; null: from now on. */
  readonly after: Position | null
}

/** A webhook as a wish names it: the wisher may operate this community, or all where it is null. */
export interface WebhookOfCommunity {
  readonly webhookId: WebhookId
  readonly communityId: CommunityId | null
}

/** What a wish about a webhook led to. */
export interface WebhookWished {
  readonly position: Position | null
  readonly webhookId: WebhookId
}

/** A webhook that was added, and what its deliveries are signed with. */
export interface AddedWebhook extends WebhookWished {
  readonly secret: string
}

/** Only what is encrypted leaves the local network. */
export interface WebhookNotEncrypted {
  readonly type: 'WebhookNotEncrypted'
  readonly host: string
}
/** The delivery was never made, or is not kept any more. */
export interface DeliveryNotKept {
  readonly type: 'DeliveryNotKept'
  readonly deliveryId: string
}

/** Why a wish about webhooks is not granted, beside what the decider says. */
export type WebhookWishRefusal = AddressRefused | WebhookNotEncrypted | DeliveryNotKept

/** Wishes about webhooks. */
export interface WebhookWishes {
  addWebhook(input: AddWebhookInput, meta: CommandMeta): Promise<Result<AddedWebhook, Refusal | WebhookWishRefusal>>
  removeWebhook(webhook: WebhookOfCommunity, meta: CommandMeta): Promise<Result<WebhookWished, Refusal>>
  /** Tries at once what failed, also where the webhook was switched off. */
  retryWebhook(webhook: WebhookOfCommunity, meta: CommandMeta): Promise<Result<WebhookWished, Refusal>>
  /** Goes on behind another event. */
  redeliverWebhook(
    webhook: WebhookOfCommunity & { readonly after: Position },
    meta: CommandMeta,
  ): Promise<Result<WebhookWished, Refusal>>
  /** Tries one delivery once more. */
  replayDelivery(
    delivery: { readonly deliveryId: string; readonly communityId: CommunityId | null },
    meta: CommandMeta,
  ): Promise<Result<WebhookWished, Refusal | WebhookWishRefusal>>
}
