import type { CommunityId } from '../domain/community-id.ts'
import type { Result } from '../domain/result.ts'
import type { Schedule } from '../domain/schedule.ts'
import type { UnixMillis } from '../domain/time.ts'
import { earliest } from './earliest.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { WallClock } from './wall-clock.ts'

export interface ScheduledCommunity {
  readonly communityId: CommunityId
  readonly schedule: Schedule
}

export interface SchedulingPorts {
  readonly readSchedules: () => Promise<readonly ScheduledCommunity[]>
  /** Until when messages of the community are expected to go on coming in, as many do now; null when none do. */
  readonly recordingUntil: (communityId: CommunityId) => UnixMillis | null
  /** Wishes for the run that is due. A refusal means that the state has moved on since the reactor looked. */
  readonly createArchive: (communityId: CommunityId) => Promise<Result<unknown, { readonly type: string }>>
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/**
 * How far apart the runs of a community begin at least. What is recorded sets them further apart; but a clock that was
 * set back makes nonsense of recorded times, and must not lead to runs without a pause.
 */
const PAUSE_MS = 30_000

/**
 * Starts the runs that are due by themselves.
 *
 * It keeps no timer for a community: each look reckons anew, from the log, the messages and the time of day. So a
 * restart, a machine that slept and a clock that jumped all end in the same place.
 */
export function createSchedulingReactor(ports: SchedulingPorts): Reactor {
  const { readSchedules, createArchive, wallClock, onFault } = ports
  const begunAt = new Map<CommunityId, UnixMillis>()

  async function react(): Promise<UnixMillis | null> {
    const now = wallClock.now()
    let next: UnixMillis | null = null
    for (const { communityId, schedule } of await readSchedules()) {
      if (schedule.status !== 'PLANNED') continue
      const at = startAtOf(communityId, schedule.at, now)
      if (at > now) next = earliest(next, at)
      else {
        begunAt.set(communityId, now)
        await createArchive(communityId)
        // The run's events wake the reactor; a wish that was refused has none.
        next = earliest(next, (now + PAUSE_MS) as UnixMillis)
      }
    }
    return next
  }

  function startAtOf(communityId: CommunityId, plannedAt: UnixMillis, now: UnixMillis): UnixMillis {
    const last = begunAt.get(communityId)
    const pauseEnd = last === undefined || last > now ? 0 : last + PAUSE_MS
    const recordingUntil = plannedAt > now ? null : ports.recordingUntil(communityId)
    return Math.max(plannedAt, pauseEnd, recordingUntil ?? 0) as UnixMillis
  }

  return createReactor({ name: 'scheduling', react, wallClock, onFault })
}
