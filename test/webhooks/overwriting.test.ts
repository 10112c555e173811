import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { WebhookId, WebhookUrl } from '../../src/domain/webhook.ts'
import { NOT_FAILING } from '../../src/webhooks/plan-retry.ts'
import { createWebhookSecret } from '../../src/webhooks/sign-delivery.ts'
import type { NewWebhook, Try } from '../../src/webhooks/webhook.ts'
import { openWebhookStore, type WebhookStore } from '../../src/webhooks/webhook-store.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const told: Try = { triedAt: 1_000 as UnixMillis, durationMs: 5, status: 204, failure: null }
const ONE = 'a'.repeat(36) as WebhookId
const TWO = 'b'.repeat(36) as WebhookId
const RETRY_MS = 20

function webhook(webhookId: WebhookId): NewWebhook {
  const url = `https://hooks.example/${webhookId}` as WebhookUrl
  const place = { addedAt: 1 as UnixMillis, cursor: 0 }
  return { webhookId, url, secret: createWebhookSecret(), communityId: null, types: ['SeedingStarted'], ...place }
}

function openStore(file = join(createTemporaryFolder(), 'webhooks.db')): [WebhookStore, string] {
  const store = openWebhookStore(file, 1_000, RETRY_MS)
  onTestFinished(() => store.close())
  return [store, file]
}

function isInFiles(file: string, text: string): boolean {
  return ['', '-wal'].some((suffix) => readFileSync(`${file}${suffix}`, 'latin1').includes(text))
}

test('removing waits for nobody who reads the file, and overwrites the secret once that ended', async () => {
  const [store, file] = openStore()
  const added = [webhook(ONE), webhook(TWO)] as const
  for (const each of added) store.add(each)
  const reader = new Database(file, { readonly: true })
  onTestFinished(() => void reader.close())
  reader.exec('begin')
  reader.prepare('select count(*) from webhooks').get()
  const began = performance.now()
  expect([store.remove(ONE), store.remove(ONE)]).toEqual([true, false])
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(isInFiles(file, added[0].secret)).toBe(true)
  reader.exec('commit')
  await vi.waitFor(() => expect(isInFiles(file, added[0].secret)).toBe(false), { interval: 10 })
  expect(isInFiles(file, added[1].secret)).toBe(true)
})

test('a start overwrites what a process that died had removed', () => {
  const [store, file] = openStore()
  const { secret } = webhook(ONE)
  store.add({ ...webhook(ONE), secret })
  const reader = new Database(file, { readonly: true })
  reader.exec('begin')
  reader.prepare('select count(*) from webhooks').get()
  store.remove(ONE)
  reader.close()
  expect(isInFiles(file, secret)).toBe(true)
  openStore(file)
  expect(isInFiles(file, secret)).toBe(false)
})

test('no copy is left that SQLite made of what is removed as it moved rows from page to page', () => {
  const [store, file] = openStore()
  // One of few arrangements where it does.
  const next = createDice(362)
  const all = Array.from({ length: 30 }, (_, n) => {
    const added = webhook(String(n).padStart(36, 'f') as WebhookId)
    store.add({
      ...added,
      cursor: 0,
      url: `https://hooks.example/${'x'.repeat(Math.floor(next() * 400))}` as WebhookUrl,
    })
    for (let position = 1; position <= 3; position += 1) {
      const each = { position, eventId: 'e'.repeat(36), type: 'CommunityAdded' } as const
      const before = store.get(added.webhookId)
      if (before !== null) store.noteTry(before, each, told, NOT_FAILING)
    }
    return added
  })
  const gone = all.filter(() => next() < 0.5)
  for (const { webhookId } of gone) store.remove(webhookId)
  expect(gone.filter(({ secret }) => isInFiles(file, secret))).toEqual([])
})

/** A generator of numbers from 0 to 1, always the same ones for a seed. */
function createDice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
