import { identityOf } from '../../domain/community-id.ts'
import { MAX_CLOCK_AHEAD_MS } from '../../domain/decide-links.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { FollowedLink } from '../../following/read-link.ts'
import type { LinkVerdict } from '../../following/subscription.ts'
import { verifyAnnouncement } from '../../formats/verify-announcement.ts'
import type { FollowRow } from '../../projections/follows.ts'
import type { ReceivedLinkRow } from '../../projections/received-links.ts'
import type { WallClock } from '../../reactors/wall-clock.ts'
import type { LearnLinks } from './learn-links.ts'

/** What a link of a followed node is held against. */
export interface KnownOfFollow {
  readonly follow: FollowRow
  /** The newest link that is believed, wherever it came from; null before the first. */
  readonly believed: Pick<ReceivedLinkRow, 'clock' | 'magnetUri'> | null
}

export interface PacedLinksPorts {
  /** Null where the node is not followed any more. */
  readonly readKnown: () => Promise<KnownOfFollow | null>
  readonly learn: Pick<LearnLinks, 'fromNode'>
  /** Begins anew with the node, behind the last link of it that was believed. */
  readonly again: () => Promise<void>
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/** The links of one node, of which the newest alone is handed on, now and then. */
export interface PacedLinks {
  take(link: FollowedLink): Promise<LinkVerdict>
  /** Hands no more on; settles when none is being handled. */
  stop(): Promise<void>
}

/** A node tells its whole past when it is first asked: so long is waited for a newer link behind one. */
export const GATHER_MS = 250

/** So many links are handed on one after the other, as when an operator announces again and again, ... */
export const BURST = 5

/** ... and then one in this time, as each can become an event: no more than 1,445 a day for each node, whatever it sends. */
export const PAUSE_MS = 60_000

/** How soon a node is asked again for a link that could not be believed yet. */
const AGAIN_MS = 600_000

/** Creates it for one node. */
export function createPacedLinks(ports: PacedLinksPorts): PacedLinks {
  const { readKnown, wallClock } = ports
  const nextTurn = createTurns(wallClock)
  const askAgain = createAskAgain(ports)
  const handOn = createHandOn(ports, askAgain)
  let waiting: FollowedLink | null = null
  let cancel = (): void => undefined
  let handing = Promise.resolve()

  async function handWaitingOn(): Promise<void> {
    const link = waiting
    waiting = null
    const known = await readKnown()
    if (link === null || known === null || !isNews(link, known)) return
    nextTurn.take()
    await handOn(link, known.follow)
  }

  function wake(): void {
    handing = handing.then(handWaitingOn).catch(askAgain.afterFault)
  }

  return {
    async take(link) {
      const known = await readKnown()
      if (known === null || !isNews(link, known)) return 'TAKEN'
      const { announcement } = link
      const isFirst = hasNoKey(known.follow)
      if (!isFirst && waiting !== null && announcement.clock <= waiting.announcement.clock) return 'TAKEN'
      // Whoever signs first is pinned, so that one does not wait; and what is refused takes no other's place.
      const waits = !isFirst && !isAhead(link, wallClock) && verifyAnnouncement(announcement, known.follow.nodeKey).ok
      if (!waits) return handOn(link, known.follow)
      if (waiting === null) cancel = wallClock.wakeAt(nextTurn.at(), wake)
      waiting = link
      return 'TAKEN'
    },
    async stop() {
      cancel()
      askAgain.stop()
      await handing
    },
  }
}

type HandOn = (link: FollowedLink, follow: FollowRow) => Promise<LinkVerdict>

function createHandOn({ learn, wallClock }: PacedLinksPorts, askAgain: AskAgain): HandOn {
  return async (link, follow) => {
    const verdict = await learn.fromNode(link, follow)
    if (verdict === 'REFUSED' && isAhead(link, wallClock)) askAgain.at(believableAt(link))
    return verdict
  }
}

/**
 * Whether anything can come of a link: what is older than the one that is believed is not even verified, except for the
 * key that signed it, where none is pinned.
 */
function isNews({ announcement }: FollowedLink, { follow, believed }: KnownOfFollow): boolean {
  const { clock, magnetUri } = announcement
  if (believed === null || hasNoKey(follow)) return true
  return clock > believed.clock || (clock === believed.clock && magnetUri !== believed.magnetUri)
}

/** Whoever signs the next link is pinned. */
function hasNoKey({ communityId, nodeKey }: FollowRow): boolean {
  return identityOf(communityId) === 'FOREIGN' && nodeKey === null
}

function believableAt({ announcement }: FollowedLink): UnixMillis {
  return (announcement.clock - MAX_CLOCK_AHEAD_MS) as UnixMillis
}

function isAhead(link: FollowedLink, { now }: WallClock): boolean {
  return believableAt(link) > now()
}

interface Turns {
  /** When the next link can be handed on. */
  at(): UnixMillis
  take(): void
}

/** As a bucket that holds `BURST` turns, and gains one every `PAUSE_MS`. */
function createTurns({ now }: WallClock): Turns {
  let fullAt = 0
  // A clock that was set back makes nobody wait for longer than an empty bucket does.
  const filledAt = (): number => Math.min(fullAt, now() + BURST * PAUSE_MS)
  return {
    at: () => Math.max(now() + GATHER_MS, filledAt() - (BURST - 1) * PAUSE_MS) as UnixMillis,
    take() {
      fullAt = Math.max(filledAt(), now()) + PAUSE_MS
    },
  }
}

interface AskAgain {
  /** Asks then, or when it was to ask before if that is sooner. */
  at(time: UnixMillis): void
  /** What was not handled is not in the log, so it comes again. */
  afterFault(fault: unknown): void
  stop(): void
}

function createAskAgain({ again, wallClock, onFault }: PacedLinksPorts): AskAgain {
  let due = Infinity
  let cancel = (): void => undefined

  function at(time: number): void {
    const next = Math.max(time, wallClock.now() + AGAIN_MS) as UnixMillis
    if (next >= due) return
    cancel()
    due = next
    cancel = wallClock.wakeAt(next, () => {
      due = Infinity
      again().catch(onFault)
    })
  }

  return {
    at,
    afterFault(fault) {
      at(0)
      onFault(fault)
    },
    stop: () => cancel(),
  }
}
