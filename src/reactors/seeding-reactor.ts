import type { CommunityId } from '../domain/community-id.ts'
import type { SeedingFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Attempts } from './attempts.ts'
import { earliest } from './earliest.ts'
import { createKnownGraces } from './known-graces.ts'
import { nextGraceEnd, planSeeding, type FileCheck, type RecordedTorrent, type SeedingStep } from './plan-seeding.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause, RecordOutcome } from './record.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** A recorded torrent, what made it wanted, and all that is needed to serve it. */
export type SeedingTorrent = RecordedTorrent & Cause

export interface SeedingPorts<Torrent extends SeedingTorrent> {
  readonly readTorrents: () => Promise<readonly Torrent[]>
  readonly client: SeedingClient<Torrent>
  readonly record: RecordOutcome
  readonly attempts: Attempts
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/** What the reactor needs of the torrent client. Serving twice and dropping twice are harmless. */
export interface SeedingClient<Torrent> {
  readonly isUp: () => boolean
  readonly active: () => ReadonlySet<InfoHash>
  readonly serve: (
    torrent: Torrent,
    check: FileCheck,
  ) => Promise<Result<unknown, { readonly code: SeedingFailureCode }>>
  readonly drop: (infoHash: InfoHash) => Promise<void>
}

/**
 * Brings the torrent client in line with what is wanted served.
 *
 * Communities do not wait for each other, not even for a torrent that takes minutes to verify: a look begins the
 * steps of each and does not wait for their end. Within a community, starts come before stops.
 */
export function createSeedingReactor<Torrent extends SeedingTorrent>(ports: SeedingPorts<Torrent>): Reactor {
  const { readTorrents, client, attempts, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, Promise<void>>()
  const passedOver = new Set<CommunityId>()
  const withKnownGraces = createKnownGraces()
  const reactor = createReactor({ name: 'seeding', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    // One moment for the whole look: what is not due by it is due after it, however long the steps take.
    const lookedAt = wallClock.now()
    for (const communityId of underWay.keys()) passedOver.add(communityId)
    const busy = new Set(underWay.keys())
    const torrents = withKnownGraces(await readTorrents(), lookedAt)
    const steps = planSeeding(torrents, client.active(), lookedAt)
    // Steps that would come to nothing are not begun: communities that only wait would pass each other over for ever.
    const due = steps.filter(isAboutCommunity).filter((step) => isDue(step, ports))
    for (const [communityId, group] of Map.groupBy(due, communityOf)) {
      if (!busy.has(communityId)) underWay.set(communityId, take(communityId, group))
    }
    for (const step of steps) if (step.type === 'DROP_STRAY') await client.drop(step.infoHash)
    return earliest(nextGraceEnd(torrents, lookedAt), attempts.nextDueAt(lookedAt))
  }

  async function take(communityId: CommunityId, steps: readonly CommunityStep<Torrent>[]): Promise<void> {
    const hasNews = await takeSteps(steps, ports)
    underWay.delete(communityId)
    // What was passed over is looked at now; of what failed, a look finds out when it is due; and what is served now
    // may let a torrent go that waited for it.
    if (passedOver.delete(communityId) || hasNews) reactor.wake()
  }

  return waitingFor(reactor, underWay)
}

/** @returns Whether a torrent is served now that was not, or one of the steps failed. */
async function takeSteps<Torrent extends SeedingTorrent>(
  steps: readonly CommunityStep<Torrent>[],
  ports: SeedingPorts<Torrent>,
): Promise<boolean> {
  let hasNews = false
  for (const step of steps) {
    const { communityId, infoHash: thing, cause, correlationId } = step.torrent
    // Steps take time, in which the client may have died.
    if (!isDue(step, ports)) continue
    const goal = { communityId, thing, cause, correlationId }
    const outcome = await ports.attempts.attempt(goal, async () => takeStep(step, ports))
    hasNews ||= outcome === 'FAILED' || (outcome === 'REACHED' && step.type === 'SERVE')
  }
  return hasNews
}

function isDue<Torrent extends SeedingTorrent>(
  { type, torrent: { communityId, infoHash } }: CommunityStep<Torrent>,
  { client, attempts }: SeedingPorts<Torrent>,
): boolean {
  // While the client is down nothing can be served; its return wakes the reactor.
  return (type !== 'SERVE' || client.isUp()) && attempts.isDue({ communityId, thing: infoHash })
}

async function takeStep<Torrent extends SeedingTorrent>(
  step: CommunityStep<Torrent>,
  { client, record }: SeedingPorts<Torrent>,
): Promise<Result<unknown, { readonly code: string }>> {
  const { torrent } = step
  const { communityId, infoHash } = torrent
  switch (step.type) {
    case 'SERVE': {
      const served = await client.serve(torrent, step.check)
      if (served.ok)
        return startedOutcome(await record({ type: 'RecordSeedingStarted', communityId, infoHash }, torrent))
      // A client that died has not judged the torrent.
      if (!client.isUp()) return ok(null)
      await record({ type: 'RecordSeedingFailed', communityId, infoHash, code: served.error.code }, torrent)
      return served
    }
    case 'RECORD_STARTED':
      return startedOutcome(await record({ type: 'RecordSeedingStarted', communityId, infoHash }, torrent))
    case 'DROP': {
      await client.drop(infoHash)
      const { reason } = step
      const dropped = await record({ type: 'RecordUnseeded', communityId, infoHash, reason }, torrent)
      return dropped.ok ? dropped : err({ code: dropped.error.type })
    }
  }
}

/** A torrent that is no longer wanted by the time it is served will be dropped at the next look. */
function startedOutcome(
  recorded: Result<unknown, { readonly type: string }>,
): Result<unknown, { readonly code: string }> {
  return recorded.ok || recorded.error.type === 'SeedingNotWanted' ? ok(null) : err({ code: recorded.error.type })
}

type CommunityStep<Torrent extends SeedingTorrent> = Exclude<SeedingStep<Torrent>, { readonly type: 'DROP_STRAY' }>

function isAboutCommunity<Torrent extends SeedingTorrent>(step: SeedingStep<Torrent>): step is CommunityStep<Torrent> {
  return step.type !== 'DROP_STRAY'
}

function communityOf({ torrent }: CommunityStep<SeedingTorrent>): CommunityId {
  return torrent.communityId
}
