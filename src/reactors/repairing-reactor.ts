import type { CommunityId } from '../domain/community-id.ts'
import { ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Attempts } from './attempts.ts'
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
  /** Is told of files that are whole, although something else is recorded. */
  readonly onWhole: (communityId: CommunityId) => void
  readonly attempts: Attempts
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/**
 * Has damaged files mended.
 *
 * Communities do not wait for each other: a look begins the repairs and does not wait for their end. What cannot be
 * mended is tried again later, as a peer may come that has it.
 */
export function createRepairingReactor(ports: RepairingPorts): Reactor {
  const { readDamaged, endUnwanted, attempts, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, Promise<void>>()
  const settledDamage = new Map<CommunityId, ReadonlySet<string>>()
  const reactor = createReactor({ name: 'repairing', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = wallClock.now()
    const busy = new Set(underWay.keys())
    await endUnwanted()
    const damaged = Map.groupBy(await readDamaged(), ({ communityId }) => communityId)
    for (const communityId of settledDamage.keys()) if (!damaged.has(communityId)) settledDamage.delete(communityId)
    for (const [communityId, all] of damaged) {
      const [first] = all.filter(({ damage }) => settledDamage.get(communityId)?.has(damage) !== true)
      if (first !== undefined && !busy.has(communityId)) underWay.set(communityId, take(first, all))
    }
    return attempts.nextDueAt(lookedAt)
  }

  async function take(first: DamagedFiles, all: readonly DamagedFiles[]): Promise<void> {
    const { communityId } = first
    const outcome = await attempts.attempt({ communityId, thing: 'files' }, async () => repairFirst(first, all))
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
    settledDamage.set(first.communityId, new Set(all.map(({ damage }) => damage)))
    if (repaired.value === 'WHOLE') ports.onWhole(first.communityId)
    return ok(null)
  }

  return waitingFor(reactor, underWay)
}
