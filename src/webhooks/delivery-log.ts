import type Database from 'better-sqlite3'
import type { WebhookId } from '../domain/webhook.ts'
import type { Delivery, ToldEvent, Try } from './webhook.ts'

/** How many events are kept of each webhook, those that were tried last. */
export const KEPT_DELIVERIES = 100

/** A page of deliveries, newest try first. */
export interface DeliveryPage {
  /** Only older ones than this number; null from the newest on. */
  readonly before: number | null
  /** Only newer ones; null down to the oldest. */
  readonly after: number | null
  readonly limit: number
  /** From the oldest up. */
  readonly ascending: boolean
}

/** What the newest tries came to. */
export interface DeliveryLog {
  deliveries(webhookId: WebhookId, page: DeliveryPage): readonly Delivery[]
  /** Null where it is not kept any more, or never was. */
  find(webhookId: WebhookId, eventId: string): Delivery | null
  /** Has a delivery that is kept tried once more. */
  wantReplay(webhookId: WebhookId, eventId: string): void
  /** The oldest that is to be tried once more. */
  nextReplay(webhookId: WebhookId): Delivery | null
  /** Notes a try of a webhook, given its number in the database, and drops what is too much. */
  note(webhookNumber: number, event: ToldEvent, outcome: Try): void
}

interface DeliveryRow {
  readonly number: number
  readonly webhook: string
  readonly position: number
  readonly event: string
  readonly type: string
  readonly attempts: number
  readonly status: number | null
  readonly failure: string | null
  readonly duration_ms: number
  readonly tried_at: number
}

const FIND = 'select d.*, w.id as webhook from deliveries d join webhooks w on w.number = d.webhook where w.id = ?'

export function createDeliveryLog(db: Database.Database): DeliveryLog {
  const down = db.prepare<[string, number, number, number], DeliveryRow>(
    `${FIND} and d.number < ? and d.number > ? order by d.number desc limit ?`,
  )
  const up = db.prepare<[string, number, number, number], DeliveryRow>(
    `${FIND} and d.number < ? and d.number > ? order by d.number limit ?`,
  )
  const findOne = db.prepare<[string, string], DeliveryRow>(`${FIND} and d.event = ?`)
  const replay = db.prepare<[string], DeliveryRow>(`${FIND} and d.replay_wanted = 1 order by d.number limit 1`)
  const want = db.prepare<[string, string]>(
    'update deliveries set replay_wanted = 1 where event = ? and webhook = (select number from webhooks where id = ?)',
  )
  return {
    deliveries(webhookId, { before, after, limit, ascending }) {
      const page = ascending ? up : down
      return page.all(webhookId, before ?? Number.MAX_SAFE_INTEGER, after ?? 0, limit).map(toDelivery)
    },
    find: (webhookId, eventId) => toDeliveryOrNull(findOne.get(webhookId, eventId)),
    wantReplay: (webhookId, eventId) => void want.run(eventId, webhookId),
    nextReplay: (webhookId) => toDeliveryOrNull(replay.get(webhookId)),
    note: createNote(db),
  }
}

function createNote(db: Database.Database): DeliveryLog['note'] {
  const countOf = db
    .prepare<[number, number], number>('select attempts from deliveries where webhook = ? and position = ?')
    .pluck()
  // The row of before is replaced, and its wish for a replay with it.
  const replace = db.prepare<[number, number, string, string, number, number | null, string | null, number, number]>(
    `insert or replace into deliveries
      (webhook, position, event, type, attempts, status, failure, duration_ms, tried_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const prune = db.prepare<[number, number]>(
    `delete from deliveries where webhook = ? and number <= (
      select number from deliveries where webhook = ? order by number desc limit 1 offset ${KEPT_DELIVERIES})`,
  )
  return (webhook, { position, eventId, type }, { status, failure, durationMs, triedAt }) => {
    const attempts = (countOf.get(webhook, position) ?? 0) + 1
    replace.run(webhook, position, eventId, type, attempts, status, failure, durationMs, triedAt)
    prune.run(webhook, webhook)
  }
}

function toDeliveryOrNull(row: DeliveryRow | undefined): Delivery | null {
  return row === undefined ? null : toDelivery(row)
}

/** Values were parsed before they were kept. */
function toDelivery(row: DeliveryRow): Delivery {
  return {
    number: row.number,
    webhookId: row.webhook,
    position: row.position,
    eventId: row.event,
    type: row.type,
    attempts: row.attempts,
    status: row.status,
    failure: row.failure,
    durationMs: row.duration_ms,
    triedAt: row.tried_at,
  } as Delivery
}
