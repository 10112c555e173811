import type Database from 'better-sqlite3'
import type { CommunityId } from '../domain/community-id.ts'
import type { WebhookId } from '../domain/webhook.ts'
import { createDeliveryLog, type DeliveryLog } from './delivery-log.ts'
import { createOverwriting, type Overwriting } from './overwriting.ts'
import { NOT_FAILING, type Progress } from './plan-retry.ts'
import type { WebhookSecret } from './sign-delivery.ts'
import type { NewWebhook, ToldEvent, Try, Webhook } from './webhook.ts'
import { openWebhookDatabase } from './webhook-database.ts'
import { toWebhook, type WebhookRow } from './webhook-row.ts'

const SELECT_ONE = 'select * from webhooks where id = ?'

/**
 * The webhooks, where they are told and how far they were: a database file of its own. All of it is operational: what is
 * lost of it has to be set up again, and what is behind is told again.
 */
export interface WebhookStore extends Pick<DeliveryLog, 'deliveries' | 'find' | 'wantReplay' | 'nextReplay'> {
  add(webhook: NewWebhook): void
  /** In the order in which they were added. */
  all(): readonly Webhook[]
  get(webhookId: WebhookId): Webhook | null
  /** Null where there is no such webhook. */
  secretOf(webhookId: WebhookId): WebhookSecret | null
  /**
   * Notes what a try came to, in one transaction: the cursor moves to the event only where it was told. Nothing where the
   * webhook was removed meanwhile; it goes on from where it was put, where that was changed, and at once, where somebody
   * wished that while the try was under way.
   *
   * @param before The webhook, as it was when the try began.
   * @param progress How it goes on; null for a replay, which changes nothing of that.
   * @returns Whether it goes on as `progress` says.
   */
  noteTry(before: Webhook, event: ToldEvent, outcome: Try, progress: Progress | null): boolean
  /** Goes on behind another position, at once. */
  moveTo(webhookId: WebhookId, position: number): void
  /** Tries at once what failed, also where it was switched off. */
  tryNow(webhookId: WebhookId): void
  /** Removes it, so that no byte of it is left in the file once nobody else reads that. @returns Whether there was one. */
  remove(webhookId: WebhookId): boolean
  /** Removes those of a community, as `remove` does. @returns Which. */
  forget(communityId: CommunityId): readonly WebhookId[]
  close(): void
}

/**
 * Opens the webhooks, making the file where it is missing. Only its owner can read it.
 *
 * @param head The newest position of the log: a cursor beyond it is of events that were lost.
 * @param retryMs How long it waits until it tries again to overwrite what was removed, where somebody else reads the file.
 * @throws When the file cannot be opened.
 */
export function openWebhookStore(file: string, head: number, retryMs?: number): WebhookStore {
  const db = openWebhookDatabase(file)
  const overwriting = createOverwriting(db, retryMs)
  const { deliveries, find, wantReplay, nextReplay, note } = createDeliveryLog(db)
  db.prepare('update webhooks set cursor = min(cursor, ?)').run(head)
  // The process before may have died before it did.
  overwriting.begin()
  return {
    deliveries,
    find,
    wantReplay,
    nextReplay,
    ...createRegister(db, overwriting),
    ...createProgress(db, note),
    close() {
      overwriting.stop()
      db.close()
    },
  }
}

type Register = Pick<WebhookStore, 'add' | 'all' | 'get' | 'secretOf' | 'remove' | 'forget'>

/** Which webhooks there are. */
function createRegister(db: Database.Database, overwriting: Overwriting): Register {
  const insert = db.prepare<[string, string, string, string | null, string, number, number]>(
    `insert into webhooks (id, url, secret, community, types, added_at, cursor) values (?, ?, ?, ?, ?, ?, ?)`,
  )
  const selectAll = db.prepare<[], WebhookRow>('select * from webhooks order by number')
  const selectOne = db.prepare<[string], WebhookRow>(SELECT_ONE)
  const deleteOne = db.prepare<[string]>('delete from webhooks where id = ?')
  return {
    add({ webhookId, url, secret, communityId, types, addedAt, cursor }) {
      insert.run(webhookId, url, secret, communityId, JSON.stringify(types), addedAt, cursor)
    },
    all: () => selectAll.all().map(toWebhook),
    get(webhookId) {
      const row = selectOne.get(webhookId)
      return row === undefined ? null : toWebhook(row)
    },
    secretOf: (webhookId) => (selectOne.get(webhookId)?.secret ?? null) as WebhookSecret | null,
    remove(webhookId) {
      const { changes } = deleteOne.run(webhookId)
      if (changes > 0) overwriting.begin()
      return changes > 0
    },
    forget(communityId) {
      const rows = selectAll.all().filter(({ community }) => community === communityId)
      for (const { id } of rows) deleteOne.run(id)
      if (rows.length > 0) overwriting.begin()
      return rows.map(({ id }) => id as WebhookId)
    },
  }
}

/** How far each webhook is. */
function createProgress(
  db: Database.Database,
  note: DeliveryLog['note'],
): Pick<WebhookStore, 'noteTry' | 'moveTo' | 'tryNow'> {
  const selectOne = db.prepare<[string], WebhookRow>(SELECT_ONE)
  const move = db.prepare<[number, string]>('update webhooks set cursor = ? where id = ?')
  const change = db.prepare<[string | null, number, number | null, number | null, string]>(
    'update webhooks set off = ?, failures = ?, failing_since = ?, next_try_at = ? where id = ?',
  )

  function setProgress(webhookId: WebhookId, { off, failures, failingSince, nextTryAt }: Progress): void {
    change.run(off, failures, failingSince, nextTryAt, webhookId)
  }

  return {
    noteTry: db.transaction((before: Webhook, event: ToldEvent, outcome: Try, progress: Progress | null): boolean => {
      const { webhookId } = before
      const row = selectOne.get(webhookId)
      if (row === undefined) return false
      note(row.number, event, outcome)
      const isTold = outcome.failure === null
      if (progress === null || row.cursor !== before.cursor) return false
      if (!isTold && !isSameProgress(toWebhook(row), before)) return false
      setProgress(webhookId, progress)
      if (isTold) move.run(event.position, webhookId)
      return true
    }),
    moveTo: db.transaction((webhookId: WebhookId, position: number): void => {
      move.run(position, webhookId)
      setProgress(webhookId, NOT_FAILING)
    }),
    tryNow: (webhookId) => setProgress(webhookId, NOT_FAILING),
  }
}

function isSameProgress(one: Progress, other: Progress): boolean {
  return (['off', 'failures', 'failingSince', 'nextTryAt'] as const).every((key) => one[key] === other[key])
}
