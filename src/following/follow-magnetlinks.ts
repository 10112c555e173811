import type { AddressRules } from '../addresses/check-addresses.ts'
import { findAddresses } from '../addresses/find-addresses.ts'
import type { BearerToken } from '../domain/bearer-token.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import type { UnixMillis } from '../domain/time.ts'
import { listen, type ConnectionLimits, type ConnectionOptions } from './connection.ts'
import { backoffMs, type FollowFailure, type FollowState } from './follow-state.ts'
import type { FollowedLink } from './read-link.ts'
import type { LinkVerdict } from './subscription.ts'

export interface FollowOptions extends AddressRules {
  readonly url: FollowUrl
  readonly communityId: CommunityId
  readonly token: BearerToken | null
  /** The cursor of the last link that was handled. Null: from the first link on. */
  readonly after: string | null
  /**
   * Handles a link, whose signature and magnet are still to be judged. The next one waits for it. Where it throws, the
   * link comes again, after a wait.
   */
  readonly onLink: (link: FollowedLink) => Promise<LinkVerdict>
  readonly onState: (state: FollowState) => void
  /** Is told what `onLink` throws. */
  readonly onFault: (fault: unknown) => void
  readonly clock: FollowClock
  /** From 0 to 1. */
  readonly random: () => number
  readonly limits?: Partial<FollowLimits>
}

/** The time of day, to say when the next try is; timers go by it. */
export interface FollowClock {
  readonly now: () => UnixMillis
  /** @returns Cancels the call. */
  readonly wakeAt: (at: UnixMillis, wake: () => void) => () => void
}

export interface FollowLimits extends ConnectionLimits {
  /** A connection that lasted this long was a good one: waits begin anew behind it. */
  readonly stableMs: number
}

/** A node that is being followed. */
export interface Follow {
  state(): FollowState
  /** How many links were handled since the beginning, and how many answers were none. */
  counts(): { readonly links: number; readonly malformed: number }
  /** Ends it at once, also while it waits. Settles when no link is being handled; so `onLink` does not wait for it. */
  stop(): Promise<void>
}

const DEFAULT_LIMITS: FollowLimits = { handshakeMs: 10_000, silenceMs: 30_000, stableMs: 60_000 }

/** In place of a cursor: from the first event of a log. */
const START = 'START'

/** What is known of a node that is followed, from one connection to the next. */
interface Progress {
  state: FollowState
  /** The last link that was handled. */
  cursor: string
  links: number
  malformed: number
  /** In a row. */
  failures: number
}

/**
 * Listens to the links that another node dispatches in a community, and goes on behind the last one after any break.
 *
 * Links come in their order, each once, or again where this process ended before the caller kept the cursor.
 */
export function followMagnetlinks(options: FollowOptions): Follow {
  const abort = new AbortController()
  const state = { status: 'CONNECTING' } as const
  const progress: Progress = { state, cursor: options.after ?? START, links: 0, malformed: 0, failures: 0 }
  const done = follow(options, progress, abort.signal)
  return {
    state: () => progress.state,
    counts: () => ({ links: progress.links, malformed: progress.malformed }),
    stop: async () => {
      abort.abort()
      await done
    },
  }
}

async function follow(options: FollowOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  const { clock, random } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  let connectedAt = Infinity

  function change(state: FollowState): void {
    progress.state = state
    if (state.status === 'CONNECTED') connectedAt = performance.now()
    options.onState(state)
  }

  while (!signal.aborted) {
    connectedAt = Infinity
    change({ status: 'CONNECTING' })
    const onConnected = (): void => change({ status: 'CONNECTED' })
    const failure = await connect({ ...options, ...followingOf(options, progress), limits, signal, onConnected })
    if (signal.aborted) return
    if (failure.code === 'CURSOR_LOST') progress.cursor = START
    progress.failures = performance.now() - connectedAt >= limits.stableMs ? 1 : progress.failures + 1
    const nextTryAt = (clock.now() + backoffMs(progress.failures, random())) as UnixMillis
    change({ status: 'WAITING', ...failure, nextTryAt })
    await waitUntil(nextTryAt, clock, signal)
  }
}

/** Where a connection goes on, and what it adds to the progress. */
function followingOf(
  { onLink }: FollowOptions,
  progress: Progress,
): Pick<ConnectionOptions, 'after' | 'onLink' | 'onMalformed'> {
  return {
    after: progress.cursor,
    onLink: async (link) => {
      const verdict = await onLink(link)
      progress.cursor = link.cursor
      progress.links += 1
      return verdict
    },
    onMalformed: () => {
      progress.malformed += 1
    },
  }
}

/** Looks up the host, checks where it is, and listens there. */
async function connect(options: Omit<ConnectionOptions, 'addresses'> & AddressRules): Promise<FollowFailure> {
  const { hostname } = new URL(options.url)
  const addresses = await findAddresses(hostname, { ...options, waitMs: options.limits.handshakeMs })
  return addresses.ok ? listen({ ...options, addresses: addresses.value }) : { ...addresses.error, detail: null }
}

async function waitUntil(at: UnixMillis, clock: FollowClock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.wakeAt(at, resolve)
  const stop = (): void => resolve()
  signal.addEventListener('abort', stop)
  await promise
  cancel()
  signal.removeEventListener('abort', stop)
}
