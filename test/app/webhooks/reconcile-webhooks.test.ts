import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { meta } from '../../../src/app/begin-run.ts'
import { reconcileWebhooks, removeWebhooksOf } from '../../../src/app/webhooks/reconcile-webhooks.ts'
import { eraseCommunity } from '../../../src/app/wishes/erase-community.ts'
import { forgetBeside } from '../../../src/app/wishes/forget-beside.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import type { WebhookUrl } from '../../../src/domain/webhook.ts'
import { readWebhooks } from '../../../src/projections/webhooks.ts'
import { createWebhookSecret } from '../../../src/webhooks/sign-delivery.ts'
import { backUpOf, openBackedUp, restoreTo, withStores } from '../../support/backups.ts'
import * as facts from '../../support/community-facts.ts'
import { OTHER } from '../../support/signal-history.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { webhookAdded, webhookId } from '../../support/webhook-facts.ts'

let node: Awaited<ReturnType<typeof openBackedUp>>

beforeEach(async () => {
  node = await openBackedUp()
  await recordFacts(node.stores.log, [
    facts.communityAdded(),
    ...[1, 2].map((n) => webhookAdded(n, [facts.COMMUNITY, null][n - 1])),
  ])
})

/** As `addWebhook` keeps it, before or after it is recorded. */
function keep(number: number, communityId: CommunityId | null): string {
  const [url, secret] = [`https://hooks.example/${number}` as WebhookUrl, createWebhookSecret()]
  const place = { addedAt: 1 as UnixMillis, cursor: 1 }
  node.stores.webhooks.add({
    webhookId: webhookId(number),
    url,
    secret,
    communityId,
    types: ['SeedingStarted'],
    ...place,
  })
  return secret
}

async function removals(): Promise<readonly unknown[]> {
  return (await node.stores.log.read({ types: ['WebhookRemoved'], limit: 99 })).map(({ event }) => event.data)
}

test('after a crash what is kept is what is recorded, and the log says what cannot be told any more', async () => {
  keep(2, null)
  keep(3, null) // Killed before it was recorded.
  await reconcileWebhooks(node.stores, meta())
  expect(node.stores.webhooks.all()).toMatchObject([{ webhookId: webhookId(2) }])
  expect(await readWebhooks(node.stores.db)).toMatchObject([{ webhookId: webhookId(2) }])
  expect(await removals()).toEqual([{ webhookId: webhookId(1), reason: 'LOST' }])
  await reconcileWebhooks(node.stores, meta())
  expect(await removals()).toHaveLength(1)
})

test('the webhooks of a community that was purged are removed at the next start, where the process died meanwhile', async () => {
  keep(1, facts.COMMUNITY)
  keep(2, null)
  const purged = { type: 'CommunityPurged', communityId: facts.COMMUNITY, data: {} } as const
  await recordFacts(node.stores.log, [facts.communityLeft, purged])
  await reconcileWebhooks(node.stores, meta())
  expect(await removals()).toEqual([{ webhookId: webhookId(1), reason: 'COMMUNITY_PURGED' }])
  expect(node.stores.webhooks.all()).toMatchObject([{ webhookId: webhookId(2) }])
})

test('what a purge cannot delete keeps no webhook from being removed, and is told', async () => {
  keep(1, facts.COMMUNITY)
  const { tokens } = node.stores
  const cause = new Error('Cannot write')
  const unwritable = { ...tokens, removeAll: async () => Promise.reject(cause) }
  const ports = { ...node.stores, tokens: unwritable }
  await expect(forgetBeside(ports, facts.COMMUNITY, meta())).rejects.toBe(cause)
  expect(await removals()).toEqual([{ webhookId: webhookId(1), reason: 'COMMUNITY_PURGED' }])
})

test('a community that is purged has no webhooks, and no byte of them is left once it is forgotten', async () => {
  const secret = keep(1, facts.COMMUNITY)
  keep(2, null)
  await removeWebhooksOf(facts.COMMUNITY, node.stores, meta())
  expect(await removals()).toEqual([{ webhookId: webhookId(1), reason: 'COMMUNITY_PURGED' }])
  // As where the process died between the event and the work.
  keep(4, facts.COMMUNITY)
  await eraseCommunity(node.stores, facts.COMMUNITY)
  const bytes = ['', '-wal'].map((suffix) => readFileSync(join(node.dataDir, `webhooks.db${suffix}`), 'latin1')).join()
  for (const gone of [secret, facts.COMMUNITY, webhookId(1), webhookId(4)]) expect(bytes).not.toContain(gone)
  expect(node.stores.webhooks.all()).toMatchObject([{ webhookId: webhookId(2) }])
})

test('webhooks are in a back-up with the keys alone, and go on from where they were', async () => {
  const secret = keep(2, null)
  keep(1, facts.COMMUNITY)
  await recordFacts(node.stores.log, [{ type: 'CommunityAdded', communityId: OTHER, data: { role: 'MEMBER' } }])
  const [restored, without] = [`${node.dataDir}.restored`, `${node.dataDir}.without`]
  expect(await backUpOf(node, { withKeys: true })).toMatchObject({ ok: true })
  expect(await backUpOf({ ...node, file: `${node.file}.2` })).toMatchObject({ ok: true })
  expect(await restoreTo(restored, node.file)).toMatchObject({ ok: true })
  expect(await restoreTo(without, `${node.file}.2`)).toMatchObject({ ok: true })
  await withStores(restored, async (stores) => {
    await reconcileWebhooks(stores, meta())
    expect([stores.webhooks.all().length, stores.webhooks.secretOf(webhookId(2))]).toEqual([2, secret])
  })
  await withStores(without, async (stores) => {
    await reconcileWebhooks(stores, meta())
    expect([stores.webhooks.all(), await readWebhooks(stores.db)]).toEqual([[], []])
  })
})
