import { sql as raw, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { WebhookId } from '../domain/webhook.ts'
import type { Projection } from '../events/projection.ts'
import type { Actor } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface WebhooksTable {
  readonly webhook_id: WebhookId
  readonly community_id: CommunityId | null
  readonly added_at: UnixMillis
  readonly added_by: Actor
}

/** A webhook that is recorded as there. Where it is told, and what of, its own store knows. */
export interface RecordedWebhook {
  readonly webhookId: WebhookId
  /** Null: told of all communities. */
  readonly communityId: CommunityId | null
  readonly addedAt: UnixMillis
  readonly addedBy: Actor
}

/** The webhooks that were added and not removed. Key: the id. */
export const webhooks = {
  name: 'webhooks',
  version: 1,
  tables: ['webhooks'],
  create: [
    raw`create table webhooks (
      webhook_id text primary key,
      community_id text,
      added_at integer not null,
      added_by text not null
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    WebhookAdded: ({ event: { data }, recordedAt, actor }) => [
      sql
        .insertInto('webhooks')
        .values({
          webhook_id: data.webhookId,
          community_id: data.communityId,
          added_at: recordedAt,
          added_by: actor,
        })
        .compile(),
    ],
    WebhookRemoved: ({ event: { data } }) => [
      sql.deleteFrom('webhooks').where('webhook_id', '=', data.webhookId).compile(),
    ],
  },
} satisfies Projection

/** All of them, the oldest first. */
export async function readWebhooks(db: Kysely<ReadModels>): Promise<readonly RecordedWebhook[]> {
  return db
    .selectFrom('webhooks')
    .select(['webhook_id as webhookId', 'community_id as communityId', 'added_at as addedAt', 'added_by as addedBy'])
    .orderBy('added_at')
    .orderBy('webhook_id')
    .execute()
}
