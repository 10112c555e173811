import packageJson from '../../../package.json' with { type: 'json' }
import type { AddressRules } from '../../addresses/check-addresses.ts'
import { EVERYTHING, type Grant } from '../../domain/access.ts'
import type { GraphqlPorts } from '../../graphql/context.ts'
import { signalJson } from '../../graphql/subscriptions/signal-json.ts'
import { readWebhooks } from '../../projections/webhooks.ts'
import { createTellingReactor } from '../../reactors/telling-reactor.ts'
import type { WallClock } from '../../reactors/wall-clock.ts'
import type { Webhook } from '../../webhooks/webhook.ts'
import type { Stores } from '../stores.ts'
import { wakeReactors } from '../wake-reactors.ts'
import { createTellWebhook, type TellWebhookPorts } from './tell-webhook.ts'

export interface WebhookParts extends Pick<TellWebhookPorts, 'onFault' | 'onOff'> {
  readonly stores: Pick<Stores, 'log' | 'db' | 'webhooks'>
  readonly rules: AddressRules
  readonly wallClock: WallClock
  /** What signals are told by. */
  readonly ports: () => GraphqlPorts
}

/** Tells webhooks of what is recorded. */
export interface Webhooks {
  wake(): void
  /** Resolves when nobody is being told and there is nothing to tell now. */
  settled(): Promise<void>
  /** Begins. Nobody is told anything before. */
  start(): void
  /** Ends what is under way: it is told again by the next run. */
  stop(): Promise<void>
}

/** Creates what tells webhooks. Once it began, each recorded event wakes it. */
export function createWebhooks(parts: WebhookParts): Webhooks {
  const { stores, rules, wallClock, ports, onFault, onOff } = parts
  const { log, webhooks: store } = stores
  const reactor = createTellingReactor<Webhook>({
    readListeners: async () => readListeners(stores),
    tellNext: createTellWebhook({
      store,
      log,
      tellSignal: async (recorded, webhook) => signalJson(recorded, grantOf(webhook), ports()),
      rules,
      userAgent: `Seedbank/${packageJson.version}`,
      now: wallClock.now,
      random: Math.random,
      onFault,
      onOff,
    }),
    wallClock,
    onFault,
  })
  const stopping = new AbortController()
  const { signal } = stopping
  let waking: Promise<void> | null = null
  const wake = (): void => {
    if (waking !== null) reactor.wake()
  }
  return {
    wake,
    settled: async () => reactor.settled(),
    start() {
      waking ??= wakeReactors({ log, reactors: { telling: reactor }, attempts: {}, signal, onFault })
      wake()
    },
    async stop() {
      stopping.abort()
      await Promise.all([waking, reactor.stop()])
    },
  }
}

/** Those that are recorded as there. A replay does not wait for what failed. */
async function readListeners({ db, webhooks: store }: WebhookParts['stores']): Promise<readonly Webhook[]> {
  const recorded = new Set((await readWebhooks(db)).map(({ webhookId }) => webhookId))
  return store
    .all()
    .filter(({ webhookId }) => recorded.has(webhookId))
    .map((webhook) => (store.nextReplay(webhook.webhookId) === null ? webhook : { ...webhook, nextTryAt: null }))
}

/** It reads what it is told of, and no more. */
function grantOf({ communityId }: Webhook): Grant {
  return communityId === null ? EVERYTHING : { role: 'VIEWER', communityIds: [communityId] }
}
