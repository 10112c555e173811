import type { Webhook } from './webhook.ts'

/** A row of `webhooks`, as it is in the database. */
export interface WebhookRow {
  readonly number: number
  readonly id: string
  readonly url: string
  readonly secret: string
  readonly community: string | null
  readonly types: string
  readonly added_at: number
  readonly cursor: number
  readonly off: string | null
  readonly failures: number
  readonly failing_since: number | null
  readonly next_try_at: number | null
}

/** The webhook of a row, without its secret. Values were parsed before they were kept. */
export function toWebhook(row: WebhookRow): Webhook {
  return {
    webhookId: row.id,
    url: row.url,
    communityId: row.community,
    types: JSON.parse(row.types),
    addedAt: row.added_at,
    cursor: row.cursor,
    off: row.off,
    failures: row.failures,
    failingSince: row.failing_since,
    nextTryAt: row.next_try_at,
  } as Webhook
}
