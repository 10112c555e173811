import type { CommunityId } from '../../domain/community-id.ts'
import type { UnixMillis } from '../../domain/time.ts'

/** Where messages are coming in. Operational: it is safe to lose. */
export interface RecordingBursts {
  /** Some of the community were recorded just now. */
  note(communityId: CommunityId): void
  /** Until when more of them are expected; null when it is quiet. */
  until(communityId: CommunityId): UnixMillis | null
}

/** How long it has to be quiet before a burst is over. */
const QUIET_MS = 10_000
/** A burst that goes on for longer is how the community always is. */
const LONGEST_BURST_MS = 300_000

interface Burst {
  readonly since: UnixMillis
  readonly last: UnixMillis
}

/**
 * Creates the record of bursts.
 *
 * A history that is brought in piece by piece is to be whole before it is packed: what comes in after a run is late,
 * and makes archives of its own.
 */
export function createRecordingBursts(now: () => UnixMillis): RecordingBursts {
  const bursts = new Map<CommunityId, Burst>()

  /** A clock that was set back ends all bursts. */
  function isOver({ last }: Burst): boolean {
    return now() < last || now() >= last + QUIET_MS
  }

  return {
    note(communityId) {
      const burst = bursts.get(communityId)
      const isFirst = burst === undefined || isOver(burst)
      bursts.set(communityId, { since: isFirst ? now() : burst.since, last: now() })
    },
    until(communityId) {
      const burst = bursts.get(communityId)
      if (burst === undefined) return null
      const end = Math.min(burst.last + QUIET_MS, burst.since + LONGEST_BURST_MS) as UnixMillis
      return isOver(burst) || end <= now() ? null : end
    },
  }
}
