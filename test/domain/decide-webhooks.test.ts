import { describe, expect, test } from 'vitest'
import { decideWebhooks, MAX_WEBHOOKS, MAX_WEBHOOKS_OF_NODE } from '../../src/domain/decide-webhooks.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { evolveWebhooks, parseWebhookUrl, type KnownWebhooks } from '../../src/domain/webhook.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { OTHER } from '../support/signal-history.ts'
import { webhookAdded, webhookId, webhookRemoved } from '../support/webhook-facts.ts'

function known(count: number, communityOf: (number: number) => CommunityId | null): KnownWebhooks {
  const facts = Array.from({ length: count }, (_, n) => webhookAdded(n + 1, communityOf(n)))
  return facts.reduce(evolveWebhooks, [])
}

const add = {
  type: 'AddWebhook',
  webhookId: webhookId(500),
  types: ['Unseeded', 'ArchiveCreated', 'Unseeded'],
} as const
const remove = { type: 'RemoveWebhook', webhookId: webhookId(1), reason: 'REQUESTED' } as const

describe('a webhook', () => {
  test('is added with each type once, in order, and once', () => {
    const added = { webhookId: webhookId(500), types: ['ArchiveCreated', 'Unseeded'], communityId: COMMUNITY }
    expect(decideWebhooks({ ...add, about: COMMUNITY }, [])).toEqual({
      ok: true,
      value: [{ type: 'WebhookAdded', data: added }],
    })
    const there = [{ webhookId: webhookId(500), communityId: COMMUNITY }]
    expect(decideWebhooks({ ...add, about: COMMUNITY }, there)).toEqual({ ok: true, value: [] })
  })

  test('is refused where its community has ten, or the node a hundred', () => {
    const full = known(MAX_WEBHOOKS, () => COMMUNITY)
    const tooMany = (limit: number): object => ({ ok: false, error: { type: 'TooManyWebhooks', limit } })
    expect(decideWebhooks({ ...add, about: COMMUNITY }, full)).toEqual(tooMany(MAX_WEBHOOKS))
    expect(decideWebhooks({ ...add, about: OTHER }, full)).toMatchObject({ ok: true })
    expect(decideWebhooks({ ...add, about: null }, full)).toMatchObject({ ok: true })
    const spread = known(MAX_WEBHOOKS_OF_NODE, (n) => `0x${String(n).padStart(64, '0')}` as CommunityId)
    expect(decideWebhooks({ ...add, about: null }, spread)).toEqual(tooMany(MAX_WEBHOOKS_OF_NODE))
  })

  test('is removed once', () => {
    const there = known(2, () => null)
    expect(decideWebhooks(remove, there)).toEqual({ ok: true, value: [webhookRemoved(1)] })
    const error = { type: 'WebhookNotFound', webhookId: webhookId(1) }
    expect(decideWebhooks(remove, evolveWebhooks(there, webhookRemoved(1)))).toEqual({ ok: false, error })
  })
})

test('a URL is one text however it is written, and holds no user, password or fragment', () => {
  expect(parseWebhookUrl('HTTPS://Hooks.example:443/a?b=c')).toEqual({ ok: true, value: 'https://hooks.example/a?b=c' })
  expect(parseWebhookUrl('http://[::1]:80/')).toEqual({ ok: true, value: 'http://[::1]/' })
  const bad = [
    '',
    'hooks.example',
    'ftp://a.example/',
    'https://u:p@a.example/',
    'https://u@a.example/',
    'https://a.example/#x',
  ]
  for (const text of [...bad, 'https://a.example/ b', 'file:///etc/passwd', `https://a.example/${'x'.repeat(2048)}`]) {
    expect(parseWebhookUrl(text)).toEqual({ ok: false, error: { type: 'InvalidWebhookUrl' } })
  }
})
