import type { CommunityId } from '../domain/community-id.ts'
import type { EventType } from '../domain/events.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { WebhookFailureCode, WebhookId, WebhookOffCode, WebhookUrl } from '../domain/webhook.ts'
import type { WebhookSecret } from './sign-delivery.ts'

/** A webhook and how telling it goes. Its secret stays in the store. */
export interface Webhook {
  readonly webhookId: WebhookId
  readonly url: WebhookUrl
  /** Null: all. */
  readonly communityId: CommunityId | null
  readonly types: readonly EventType[]
  readonly addedAt: UnixMillis
  /** The position of the last event that it was told, or from behind which it is told. */
  readonly cursor: number
  /** Null while it is on. */
  readonly off: WebhookOffCode | null
  /** How often it failed in a row. */
  readonly failures: number
  readonly failingSince: UnixMillis | null
  /** Null where it does not wait. */
  readonly nextTryAt: UnixMillis | null
}

/** A webhook that is new. */
export type NewWebhook = Pick<Webhook, 'webhookId' | 'url' | 'communityId' | 'types' | 'addedAt' | 'cursor'> & {
  readonly secret: WebhookSecret
}

/** An event that a webhook is told of. */
export interface ToldEvent {
  readonly position: number
  readonly eventId: string
  readonly type: EventType
}

/** What one try came to. */
export interface Try {
  readonly triedAt: UnixMillis
  readonly durationMs: number
  /** What the answer's status line said; null without an answer. */
  readonly status: number | null
  /** Null: it was told. */
  readonly failure: WebhookFailureCode | null
}

/** The newest try to tell a webhook of an event, and how many there were. */
export interface Delivery extends ToldEvent, Try {
  readonly webhookId: WebhookId
  /** Higher for each newer try. */
  readonly number: number
  readonly attempts: number
}
