import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { WebhookId, WebhookUrl } from '../../src/domain/webhook.ts'
import { NOT_FAILING, type Progress } from '../../src/webhooks/plan-retry.ts'
import { createWebhookSecret } from '../../src/webhooks/sign-delivery.ts'
import type { NewWebhook, ToldEvent, Try } from '../../src/webhooks/webhook.ts'
import { openWebhookStore, type WebhookStore } from '../../src/webhooks/webhook-store.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { OTHER } from '../support/signal-history.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const told: Try = { triedAt: 1_000 as UnixMillis, durationMs: 5, status: 204, failure: null }
const failed: Try = { ...told, status: 500, failure: 'STATUS_REFUSED' }
const waiting: Progress = {
  ...NOT_FAILING,
  failures: 1,
  failingSince: 1_000 as UnixMillis,
  nextTryAt: 6_000 as UnixMillis,
}
const ONE = 'a'.repeat(36) as WebhookId
const TWO = 'b'.repeat(36) as WebhookId

function webhook(webhookId: WebhookId, communityId: CommunityId | null = null): NewWebhook {
  const url = `https://hooks.example/${webhookId}` as WebhookUrl
  const secret = createWebhookSecret()
  return { webhookId, url, secret, communityId, types: ['SeedingStarted'], addedAt: 1 as UnixMillis, cursor: 3 }
}

function event(position: number): ToldEvent {
  return { position, eventId: `event ${position}`, type: 'SeedingStarted' }
}

function openStore(file = join(createTemporaryFolder(), 'webhooks.db'), head = 1_000): [WebhookStore, string] {
  const store = openWebhookStore(file, head)
  onTestFinished(() => store.close())
  return [store, file]
}

function note(store: WebhookStore, webhookId: WebhookId, ...rest: [ToldEvent, Try, Progress | null]): void {
  const before = store.get(webhookId)
  if (before === null) throw new Error(`There is no webhook ${webhookId}`)
  store.noteTry(before, ...rest)
}

/** All tries of a webhook, the newest first: position, how often, and what was answered. */
function triesOf(store: WebhookStore, webhookId: WebhookId): readonly (readonly [number, number, number | null])[] {
  const page = { before: null, after: null, limit: 500, ascending: false }
  return store.deliveries(webhookId, page).map(({ position, attempts, status }) => [position, attempts, status])
}

test('the cursor moves with what was told, over restarts, and never with what failed', () => {
  const [store, file] = openStore()
  store.add(webhook(ONE))
  note(store, ONE, event(5), failed, waiting)
  expect(store.get(ONE)).toMatchObject({ cursor: 3, ...waiting })
  note(store, ONE, event(5), told, NOT_FAILING)
  note(store, ONE, event(7), failed, waiting)
  // As another process finds it after this one was killed.
  const [again] = openStore(file)
  expect(again.get(ONE)).toMatchObject({ cursor: 5, ...waiting })
  expect(again.secretOf(ONE)).toBe(store.secretOf(ONE))
  expect(triesOf(again, ONE)).toEqual([
    [7, 1, 500],
    [5, 2, 204],
  ])
})

test('what is put back while an event is told stays where it was put', () => {
  const [store] = openStore()
  store.add(webhook(ONE))
  const before = store.get(ONE)
  store.moveTo(ONE, 1)
  if (before !== null) store.noteTry(before, event(5), told, NOT_FAILING)
  expect(store.get(ONE)).toMatchObject({ cursor: 1 })
  expect(triesOf(store, ONE)).toEqual([[5, 1, 204]])
})

test('a wish to try at once what failed is not lost to a try under way, not even to the last one', () => {
  const [store] = openStore()
  store.add(webhook(ONE))
  note(store, ONE, event(5), failed, waiting)
  const before = store.get(ONE)
  if (before === null) throw new Error('It was just added')
  store.tryNow(ONE)
  expect(store.noteTry(before, event(5), failed, { ...waiting, off: 'GAVE_UP', nextTryAt: null })).toBe(false)
  expect(store.get(ONE)).toMatchObject({ cursor: 3, ...NOT_FAILING })
  expect(triesOf(store, ONE)).toEqual([[5, 2, 500]])
  expect(store.noteTry(before, event(5), told, NOT_FAILING)).toBe(true)
  expect(store.get(ONE)).toMatchObject({ cursor: 5, ...NOT_FAILING })
})

test('only its owner can read the file, and what SQLite keeps beside it', () => {
  const [store, file] = openStore()
  store.add(webhook(ONE))
  expect([file, `${file}-wal`].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o600])
})

test('of each webhook the last hundred are kept', () => {
  const [store] = openStore()
  store.add(webhook(ONE))
  store.add(webhook(TWO))
  note(store, TWO, event(1), told, NOT_FAILING)
  for (let position = 1; position <= 103; position += 1) note(store, ONE, event(position), told, NOT_FAILING)
  expect(triesOf(store, ONE).map(([position]) => position)).toEqual(Array.from({ length: 100 }, (_, n) => 103 - n))
  expect(triesOf(store, TWO)).toHaveLength(1)
})

test('a replay that is wanted is found until it was tried, and moves nothing', () => {
  const [store] = openStore()
  store.add(webhook(ONE))
  for (const position of [4, 5, 6]) note(store, ONE, event(position), told, NOT_FAILING)
  store.wantReplay(ONE, 'event 4')
  expect(store.nextReplay(ONE)).toMatchObject({ position: 4, attempts: 1 })
  note(store, ONE, event(4), failed, null)
  expect(store.nextReplay(ONE)).toBeNull()
  expect(store.get(ONE)).toMatchObject({ cursor: 6, ...NOT_FAILING })
  expect(triesOf(store, ONE)[0]).toEqual([4, 2, 500])
})

test('a cursor beyond the end of the log, of what a back-up has lost, is set back to it', () => {
  const [store, file] = openStore()
  store.add(webhook(ONE))
  note(store, ONE, event(9), told, NOT_FAILING)
  const [again] = openStore(file, 6)
  expect(again.get(ONE)).toMatchObject({ cursor: 6 })
})

test('no byte of a forgotten community is left, and all of another', () => {
  const [store, file] = openStore()
  const ids = Array.from({ length: 12 }, (_, n) => String(n).padStart(36, 'f') as WebhookId)
  const secrets = ids.map((webhookId, n) => {
    const added = webhook(webhookId, n % 2 === 0 ? COMMUNITY : OTHER)
    // Rows of many lengths, so that SQLite moves them from page to page.
    store.add({ ...added, url: `${added.url}/${'x'.repeat((n * 431) % 1500)}` as WebhookUrl })
    for (let position = 1; position < 3; position += 1) note(store, webhookId, event(position), told, NOT_FAILING)
    return added.secret
  })
  const [gone, kept] = [0, 1].map((rest) => [...ids, ...secrets].filter((_, n) => n % 2 === rest))
  expect(store.forget(COMMUNITY)).toHaveLength(6)
  const bytes = ['', '-wal'].map((suffix) => readFileSync(`${file}${suffix}`, 'latin1')).join('')
  expect([COMMUNITY, ...(gone ?? [])].filter((text) => bytes.includes(text))).toEqual([])
  expect(kept?.filter((text) => !bytes.includes(text))).toEqual([])
  expect(triesOf(store, ids[1] ?? TWO)).toHaveLength(2)
})
