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
import type { Attempts } from './attempts.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause, RecordOutcome } from './record.ts'
import type { WallClock } from './wall-clock.ts'

/** A served torrent of a control node that its community was never told of. */
export interface DueDispatch extends Cause {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly lastClock: Clock | null
}

export interface DispatchingPorts extends Omit<AnnouncePorts, 'now'> {
  readonly readDue: () => Promise<readonly DueDispatch[]>
  readonly record: RecordOutcome
  readonly attempts: Attempts
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

export interface AnnouncePorts {
  /** The announce URLs that a magnet link names. */
  readonly trackers: readonly string[]
  readonly sign: (communityId: CommunityId, text: string) => Promise<Result<Signature, SigningKeyMissing>>
  readonly now: () => UnixMillis
}

/** Dispatches each torrent that a control node serves, once: appending the event is the dispatch. */
export function createDispatchingReactor(ports: DispatchingPorts): Reactor {
  const { readDue, record, attempts, wallClock, onFault } = ports
  const { now } = wallClock

  async function dispatch(due: DueDispatch): Promise<Result<unknown, { readonly code: string }>> {
    const { communityId, infoHash } = due
    const announced = await announce(due, { ...ports, now })
    if (!announced.ok) return err({ code: announced.error.type })
    const wish = { type: 'DispatchMagnetlink', ...announced.value, communityId, infoHash, occasion: 'FIRST' } as const
    const recorded = await record(wish, due)
    return recorded.ok ? recorded : err({ code: recorded.error.type })
  }

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = now()
    const dues = await readDue()
    await Promise.all(
      dues.map(async (due) =>
        attempts.attempt({ communityId: due.communityId, thing: due.infoHash }, async () => dispatch(due)),
      ),
    )
    return attempts.nextDueAt(lookedAt)
  }

  return createReactor({ name: 'dispatching', react, wallClock, onFault })
}

/** Makes and signs the announcement of a torrent, with a clock above the last one. */
export async function announce(
  { communityId, infoHash, lastClock }: Pick<DueDispatch, 'communityId' | 'infoHash' | 'lastClock'>,
  { trackers, sign, now }: AnnouncePorts,
): Promise<Result<Announcement, SigningKeyMissing>> {
  const clock = nextClock(lastClock, now())
  const magnetUri = magnetUriOf(infoHash, communityId, trackers)
  const signed = await sign(communityId, announcementText(communityId, clock, magnetUri))
  return signed.ok ? ok({ communityId, clock, magnetUri, ...signed.value }) : signed
}
