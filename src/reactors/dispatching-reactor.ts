import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import {
  announcementText,
  magnetUriOf,
  nextClock,
  type Announcement,
  type Clock,
  type Signature,
  type SigningKeyMissing,
} from '../domain/magnet.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { webSourcesOf } from '../domain/web-seed.ts'
import type { Attempts } from './attempts.ts'
import { earliest } from './earliest.ts'
import { planDispatch, type PlannedDispatch, type ServedTorrent } from './plan-dispatching.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { RecordOutcome } from './record.ts'
import type { WallClock } from './wall-clock.ts'

export interface DispatchingPorts extends Pick<AnnouncePorts, 'sign' | 'readClockFloor' | 'publicUrl'> {
  readonly readServed: () => Promise<readonly ServedTorrent[]>
  readonly record: RecordOutcome
  readonly attempts: Attempts
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

export interface AnnouncePorts {
  readonly sign: (communityId: CommunityId, text: string) => Promise<Result<Signature, SigningKeyMissing>>
  readonly now: () => UnixMillis
  /** No clock may be below it; null where there is no such. */
  readonly readClockFloor: () => Promise<Clock | null>
  /** Where others reach this node over HTTP, for its web seed; null where they cannot. */
  readonly publicUrl: string | null
}

/**
 * Dispatches each torrent that a control node serves: once when it is new, and again whenever the last dispatch is long
 * ago. Appending the event is the dispatch.
 */
export function createDispatchingReactor(ports: DispatchingPorts): Reactor {
  const { readServed, readClockFloor, publicUrl, sign, record, attempts, wallClock, onFault } = ports
  const { now } = wallClock
  const lastSeen = createLastSeen(now)

  async function dispatch({ torrent, occasion }: PlannedDispatch): Promise<Result<unknown, { readonly code: string }>> {
    const { communityId, infoHash, trackers, lastClock } = torrent
    const about = { communityId, infoHash, trackers, lastClock }
    const announced = await announce(about, { sign, now, readClockFloor, publicUrl })
    if (!announced.ok) return err({ code: announced.error.type })
    const recorded = await record({ type: 'DispatchMagnetlink', ...announced.value, infoHash, occasion }, torrent)
    return recorded.ok ? recorded : err({ code: recorded.error.type })
  }

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = now()
    const served = await readServed()
    const plans = served.map((torrent) => planDispatch(torrent, lastSeen(torrent), lookedAt))
    const due = plans.filter(({ at }) => at <= lookedAt)
    await Promise.all(
      due.map(async (plan) => {
        const { communityId, infoHash: thing, cause, correlationId } = plan.torrent
        return attempts.attempt({ communityId, thing, cause, correlationId }, async () => dispatch(plan))
      }),
    )
    const later = plans.filter(({ at }) => at > lookedAt).map(({ at }) => at)
    return [attempts.nextDueAt(lookedAt), ...later].reduce(earliest, null)
  }

  return createReactor({ name: 'dispatching', react, wallClock, onFault })
}

/** Remembers when each community's last dispatch was first seen here. */
function createLastSeen(now: () => UnixMillis): (torrent: ServedTorrent) => UnixMillis {
  const seen = new Map<CommunityId, { readonly clock: Clock | null; readonly at: UnixMillis }>()
  return ({ communityId, last }) => {
    const clock = last?.clock ?? null
    const before = seen.get(communityId)
    if (before !== undefined && before.clock === clock && before.at <= now()) return before.at
    seen.set(communityId, { clock, at: now() })
    return now()
  }
}

interface ToAnnounce {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** The announce URLs that the magnet link names. */
  readonly trackers: readonly string[]
  readonly lastClock: Clock | null
}

/** Makes and signs the announcement of a torrent, with a clock above the last one. */
export async function announce(
  { communityId, infoHash, trackers, lastClock }: ToAnnounce,
  { sign, now, readClockFloor, publicUrl }: AnnouncePorts,
): Promise<Result<Announcement, SigningKeyMissing>> {
  const clock = nextClock(lastClock, now(), await readClockFloor())
  const magnetUri = magnetUriOf(infoHash, communityId, trackers, webSourcesOf(publicUrl, infoHash))
  const signed = await sign(communityId, announcementText(communityId, clock, magnetUri))
  return signed.ok ? ok({ communityId, clock, magnetUri, ...signed.value }) : signed
}
