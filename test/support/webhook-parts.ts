import { createWebhooks, type Webhooks } from '../../src/app/webhooks/start-webhooks.ts'
import { createWebhookReader } from '../../src/app/webhooks/webhook-reader.ts'
import { createWebhookWishes } from '../../src/app/webhooks/webhook-wishes.ts'
import type { Stores } from '../../src/app/stores.ts'
import { createEarlierAnswerFinder } from '../../src/commands/earlier-answer.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { GraphqlPorts } from '../../src/graphql/context.ts'
import type { WebhookReader, WebhookWishes } from '../../src/graphql/webhooks.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'

/** What an API needs of webhooks, and what tests move them by. */
export interface WebhookParts {
  readonly telling: Webhooks
  readonly reader: WebhookReader
  readonly wishes: WebhookWishes
  /** What signals are told by. */
  readonly ports: () => GraphqlPorts
  /** What failed waits by it. */
  readonly clock: MovableClock
}

/** Webhooks on 127.0.0.1 are as good as any, and nobody is told before `telling` was started. */
export function createTestWebhooks(
  stores: Stores,
  onFault: (fault: unknown) => void,
  ports: () => GraphqlPorts,
): WebhookParts {
  // Receivers believe no signature of another time than theirs.
  const clock = createMovableClock(Date.now() as UnixMillis)
  const rules = { resolve: async () => ['127.0.0.1'], allowPrivate: true }
  const telling = createWebhooks({ stores, rules, wallClock: clock, ports, onFault, onOff: () => undefined })
  const wishes = createWebhookWishes({
    ...stores,
    findEarlierAnswer: createEarlierAnswerFinder(stores.log),
    rules,
    wakeTelling: () => telling.wake(),
    now: clock.now,
  })
  return { telling, reader: createWebhookReader(stores.db, stores.webhooks), wishes, ports, clock }
}
