import type { WebhookOffCode } from '../domain/webhook.ts'
import type { Progress } from './plan-retry.ts'

type WebhookState = 'told' | 'failing' | Lowercase<WebhookOffCode>

const STATES = { GAVE_UP: 'gave_up', GONE: 'gone' } as const satisfies Record<WebhookOffCode, WebhookState>

/** How many webhooks are in each state: those that failed last are `failing` until they are switched off. */
export function countWebhooks(webhooks: readonly Progress[]): ReadonlyMap<WebhookState, number> {
  const counts = new Map<WebhookState, number>([
    ['told', 0],
    ['failing', 0],
    ['gave_up', 0],
    ['gone', 0],
  ])
  for (const { off, failures } of webhooks) {
    const state = off === null ? (failures === 0 ? 'told' : 'failing') : STATES[off]
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return counts
}
