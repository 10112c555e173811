import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Caller } from '../caller.ts'
import { createTokenLimits, secondsOf, type TokenLimits } from './token-limits.ts'

/** What each caller may ask for. */
export interface CallerLimitOptions {
  /** On average over ten seconds, for who showed a token; those that cost much count as several. */
  readonly operationsPerSecond: number
  /** The same for one address of nobody in particular. */
  readonly anonymousOperationsPerSecond: number
  readonly subscriptionsPerCaller: number
  readonly anonymousSubscriptions: number
  /** WebSockets that are initialised. */
  readonly socketsPerCaller: number
  readonly anonymousSockets: number
  /** WebSockets of one address that are not initialised yet. */
  readonly pendingSockets: number
  /** How many tokens that are no good one address may show in a minute. */
  readonly refusedTokensPerMinute: number
}

export const DEFAULT_CALLER_LIMITS: CallerLimitOptions = {
  operationsPerSecond: 200,
  anonymousOperationsPerSecond: 20,
  subscriptionsPerCaller: 5_000,
  anonymousSubscriptions: 100,
  socketsPerCaller: 5_000,
  anonymousSockets: 100,
  pendingSockets: 1_000,
  refusedTokensPerMinute: 60,
}

/** Who asks, and from where. */
export interface Asking {
  readonly caller: Caller | null
  /** Of the client, as far as it is known; null for this machine itself. */
  readonly address: string | null
}

/** What is held as long as something lasts. Null where there was no more. */
export type Hold = (() => void) | null

/** Counts what each caller takes. Who sits at the machine may take all of it. */
export interface CallerLimits {
  /** @returns In how many seconds there is more, where it is too much; 0 where it is granted. */
  readonly spend: (asking: Asking, points: number) => Promise<number>
  readonly holdSubscription: (asking: Asking) => Hold
  readonly holdSocket: (asking: Asking) => Hold
  readonly holdPendingSocket: (asking: Asking) => Hold
  readonly tokens: TokenLimits
}

const WINDOW_SECONDS = 10

/** In memory: a process that starts anew forgives. */
export function createCallerLimits(limits: CallerLimitOptions): CallerLimits {
  const known = new RateLimiterMemory({ points: limits.operationsPerSecond * WINDOW_SECONDS, duration: WINDOW_SECONDS })
  const unknown = new RateLimiterMemory({
    points: limits.anonymousOperationsPerSecond * WINDOW_SECONDS,
    duration: WINDOW_SECONDS,
  })
  const subscriptions = createCounter(limits.subscriptionsPerCaller, limits.anonymousSubscriptions)
  const sockets = createCounter(limits.socketsPerCaller, limits.anonymousSockets)
  const pending = createCounter(limits.pendingSockets, limits.pendingSockets)

  return {
    spend: async (asking, points) => {
      const key = keyOf(asking)
      return key === null ? 0 : consume(asking.caller === null ? unknown : known, key, points)
    },
    holdSubscription: subscriptions,
    holdSocket: sockets,
    holdPendingSocket: pending,
    tokens: createTokenLimits(limits.refusedTokensPerMinute),
  }
}

/** Null for who is not limited. */
function keyOf({ caller, address }: Asking): string | null {
  if (caller === null) return address
  return caller.actor === 'local' || caller.actor === 'cli' ? null : caller.actor
}

async function consume(limiter: RateLimiterMemory, key: string, points: number): Promise<number> {
  try {
    await limiter.consume(key, points)
    return 0
  } catch (tooMuch) {
    if (!(tooMuch instanceof RateLimiterRes)) throw tooMuch
    return secondsOf(tooMuch)
  }
}

function createCounter(perCaller: number, perAddress: number): (asking: Asking) => Hold {
  const held = new Map<string, number>()
  return (asking) => {
    const key = keyOf(asking)
    if (key === null) return () => undefined
    const count = held.get(key) ?? 0
    if (count >= (asking.caller === null ? perAddress : perCaller)) return null
    held.set(key, count + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const left = (held.get(key) ?? 1) - 1
      if (left === 0) held.delete(key)
      else held.set(key, left)
    }
  }
}
