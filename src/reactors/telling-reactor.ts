import type { UnixMillis } from '../domain/time.ts'
import type { WebhookId } from '../domain/webhook.ts'
import { createReactor, type Reactor } from './reactor.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** Somebody outside who is told of events. */
export interface Listener {
  readonly webhookId: WebhookId
  /** When it is tried again after a failure; null where it does not wait. */
  readonly nextTryAt: UnixMillis | null
}

/** NOTHING: there was nothing to tell. */
export type TellingOutcome = 'TRIED' | 'NOTHING'

export interface TellingPorts<Each extends Listener> {
  /** Those that are to be told, each with its state of now. */
  readonly readListeners: () => Promise<readonly Each[]>
  /** Tells one event, or finds that there is none. Within a bounded time; notes what came of it. */
  readonly tellNext: (listener: Each, signal: AbortSignal) => Promise<TellingOutcome>
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/** A clock that was set back must not make anybody wait for longer than was ever meant. */
const LONGEST_WAIT_MS = 3_600_000
/** How long one is left alone that cannot even be tried, such as where the disk is full. */
const FAULT_PAUSE_MS = 10_000

/**
 * Tells webhooks of events: each in the order of the log and one at a time, and none is held up by another.
 *
 * Where each is, and what failed, its listener knows: a restart goes on from there. So an event may be told twice, and is
 * never left out.
 */
export function createTellingReactor<Each extends Listener>(ports: TellingPorts<Each>): Reactor {
  const { readListeners, tellNext, wallClock, onFault } = ports
  const underWay = new Map<WebhookId, Promise<void>>()
  /** Who was told something while there may have been more. */
  const owed = new Set<WebhookId>()
  const paused = new Map<WebhookId, UnixMillis>()
  const stopping = new AbortController()
  const reactor = createReactor({ name: 'telling', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    const listeners = await readListeners()
    const now = wallClock.now()
    const dueTimes: UnixMillis[] = []
    for (const listener of listeners) {
      const { webhookId, nextTryAt } = listener
      const dueAt = laterOf(nextTryAt, paused.get(webhookId) ?? null)
      if (underWay.has(webhookId)) owed.add(webhookId)
      else if (dueAt !== null && dueAt > now && dueAt - now <= LONGEST_WAIT_MS) dueTimes.push(dueAt)
      else underWay.set(webhookId, tell(listener))
    }
    return dueTimes.length === 0 ? null : (Math.min(...dueTimes) as UnixMillis)
  }

  async function tell(listener: Each): Promise<void> {
    const { webhookId } = listener
    owed.delete(webhookId)
    const isMore = (await outcomeOf(listener)) === 'TRIED'
    underWay.delete(webhookId)
    if (isMore || owed.has(webhookId)) reactor.wake()
  }

  async function outcomeOf(listener: Each): Promise<TellingOutcome> {
    try {
      paused.delete(listener.webhookId)
      return await tellNext(listener, stopping.signal)
    } catch (fault) {
      onFault(fault)
      paused.set(listener.webhookId, (wallClock.now() + FAULT_PAUSE_MS) as UnixMillis)
      return 'TRIED'
    }
  }

  return waitingFor(reactor, underWay, () => stopping.abort())
}

function laterOf(one: UnixMillis | null, other: UnixMillis | null): UnixMillis | null {
  if (one === null || other === null) return one ?? other
  return Math.max(one, other) as UnixMillis
}
