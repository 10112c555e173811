import type { CommunityId } from './community-id.ts'
import type { EventType } from './events.ts'
import type { NodeFact } from './fact.ts'
import type { WebhookId } from './webhook.ts'

/**
 * Somebody outside is told of what happens here, from now on. Who it is stands in no event: a URL is free text and may hold
 * a secret.
 */
export type WebhookAdded = NodeFact<
  'WebhookAdded',
  {
    readonly webhookId: WebhookId
    /** Which types of events, in the order of their names. */
    readonly types: readonly EventType[]
    /** Null: of all communities. Events of the node as a whole are told in either case. */
    readonly communityId: CommunityId | null
  }
>

/** REQUESTED: somebody wished it. COMMUNITY_PURGED: so was its community. LOST: where it was to be told is not known any more. */
export type WebhookEnd = 'REQUESTED' | 'COMMUNITY_PURGED' | 'LOST'

/** The webhook is told nothing from here on. */
export type WebhookRemoved = NodeFact<'WebhookRemoved', { readonly webhookId: WebhookId; readonly reason: WebhookEnd }>

/** Who is told. */
export type WebhookEvent = WebhookAdded | WebhookRemoved
