import type { CommunityId } from '../domain/community-id.ts'
import { ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Attempts } from './attempts.ts'
import { earliest } from './earliest.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause } from './record.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** A community of whose files something is recorded as damaged. */
export interface DamagedFiles extends Cause {
  readonly communityId: CommunityId
  /** Tells this damage from other damage of the community, and from the same at another time. */
  readonly damage: string
}

/** How the files are after a check: WHOLE where nothing was damaged, MENDED where something was. */
export type Repaired = 'WHOLE' | 'MENDED'

export interface RepairingPorts {
  /** Each community as often as it has damage. */
  readonly readDamaged: () => Promise<readonly DamagedFiles[]>
  /** Checks and mends all files of the community, and records what came of it. Refused where damage remains. */
  readonly repair: (damaged: DamagedFiles) => Promise<Result<Repaired, { readonly code: string }>>
  /** Ends what must not go on after a change of wishes. */
  readonly endUnwanted: () => Promise<void>
  /** Is told of files that are whole, although something else is recorded: once an hour for a community, at most. */
  readonly onWhole: (communityId: CommunityId) => void
  readonly attempts: Attempts
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/** Damage of which nothing was left, although it is recorded. */
interface Settled {
  readonly damage: ReadonlySet<string>
  readonly at: UnixMillis
  readonly waitMs: number
}

const FIRST_WAIT_MS = 3_600_000
const LONGEST_WAIT_MS = 86_400_000

/**
 * Has damaged files mended.
 *
 * Communities do not wait for each other: a look begins the repairs and does not wait for their end. What cannot be
 * mended is tried again later, as a peer may come that has it. What was found whole or mended, and is recorded as
 * damaged still, is looked at again ever later: it may have been damaged once more, which is not recorded once more.
 */
export function createRepairingReactor(ports: RepairingPorts): Reactor {
  const { readDamaged, endUnwanted, attempts, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, Promise<void>>()
  const settled = new Map<CommunityId, Settled>()
  const tellWhole = atMostOnceIn(FIRST_WAIT_MS, wallClock.now, ports.onWhole)
  const reactor = createReactor({ name: 'repairing', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = wallClock.now()
    const busy = new Set(underWay.keys())
    await endUnwanted()
    const damaged = Map.groupBy(await readDamaged(), ({ communityId }) => communityId)
    for (const communityId of settled.keys()) if (!damaged.has(communityId)) settled.delete(communityId)
    for (const [communityId, all] of damaged) {
      const [first] = all.filter(({ damage }) => !isSettled(settled.get(communityId), damage, lookedAt))
      if (first !== undefined && !busy.has(communityId)) underWay.set(communityId, take(first, all))
    }
    const ends = [...settled.values()].map(endOf).filter((end) => end > lookedAt)
    return ends.reduce(earliest, attempts.nextDueAt(lookedAt))
  }

  async function take(first: DamagedFiles, all: readonly DamagedFiles[]): Promise<void> {
    const { communityId } = first
    const outcome = await attempts.attempt({ ...first, thing: 'files' }, async () => repairFirst(first, all))
    underWay.delete(communityId)
    // Of what failed, a look finds out when it is due; and what came up meanwhile was passed over.
    if (outcome !== 'NOT_DUE') reactor.wake()
  }

  async function repairFirst(
    first: DamagedFiles,
    all: readonly DamagedFiles[],
  ): Promise<Result<unknown, { readonly code: string }>> {
    const repaired = await ports.repair(first)
    if (!repaired.ok) return repaired
    // What is recorded catches up when others have acted: a torrent is served, a run is made.
    const before = settled.get(first.communityId)
    const isKnown = before?.damage.has(first.damage) === true
    const waitMs = isKnown ? Math.min(before.waitMs * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS
    settled.set(first.communityId, { damage: new Set(all.map(({ damage }) => damage)), at: wallClock.now(), waitMs })
    // Once: what is whole and fails time and again is given up in the end.
    if (repaired.value === 'WHOLE' && !isKnown) tellWhole(first.communityId)
    return ok(null)
  }

  return waitingFor(reactor, underWay)
}

/** Tells of each community so often: who fails to read what is whole brings up new damage each time that it is told. */
function atMostOnceIn(
  ms: number,
  now: () => UnixMillis,
  tell: (communityId: CommunityId) => void,
): (communityId: CommunityId) => void {
  const toldAt = new Map<CommunityId, UnixMillis>()
  return (communityId) => {
    const [before, at] = [toldAt.get(communityId), now()]
    if (before !== undefined && before <= at && at < before + ms) return
    toldAt.set(communityId, at)
    tell(communityId)
  }
}

/** Not where the clock was set back since: no wait is longer than it was meant to be. */
function isSettled(settled: Settled | undefined, damage: string, at: UnixMillis): boolean {
  return settled !== undefined && settled.damage.has(damage) && settled.at <= at && at < endOf(settled)
}

function endOf({ at, waitMs }: Settled): UnixMillis {
  return (at + waitMs) as UnixMillis
}
