import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock } from '../domain/magnet.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Cause } from './record.ts'

/** The current torrent of a control node's community, recorded as served, and what the community was told so far. */
export interface ServedTorrent extends Cause {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** The announce URLs that its magnet link names. */
  readonly trackers: readonly string[]
  /** The last dispatch of the community, of whichever torrent; null before the first. */
  readonly last: { readonly clock: Clock; readonly at: UnixMillis } | null
  /** The highest clock that the community was told, by whomever; null before the first. */
  readonly lastClock: Clock | null
  /** Whether this very torrent was ever dispatched. */
  readonly isDispatched: boolean
  /** How long after a dispatch the community is told again. */
  readonly redispatchMs: number
}

/** A dispatch, and when it is due. */
export interface PlannedDispatch {
  readonly torrent: ServedTorrent
  readonly occasion: 'FIRST' | 'AGAIN'
  readonly at: UnixMillis
}

/**
 * Plans the next dispatch of a torrent: the first at once, and then again and again, as a link that was told once may
 * have reached nobody.
 *
 * @param seenAt When this process first saw the last dispatch. Counts where the dispatch is recorded in the future, as
 *   it is after a clock that ran ahead was set back.
 */
export function planDispatch(torrent: ServedTorrent, seenAt: UnixMillis, now: UnixMillis): PlannedDispatch {
  const { last, isDispatched, redispatchMs } = torrent
  if (!isDispatched || last === null) return { torrent, occasion: 'FIRST', at: now }
  const toldAt = last.at > now ? Math.min(seenAt, now) : last.at
  return { torrent, occasion: 'AGAIN', at: (toldAt + redispatchMs) as UnixMillis }
}
