import type { ImportId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Attempts, CausedGoal, Goal } from './attempts.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause, RecordOutcome } from './record.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** A community with archives that are here and were not taken over, or could not be. */
export interface CommunityToImport extends Cause {
  readonly communityId: CommunityId
  /** Changes with what there is to take over. */
  readonly archives: string
}

/** An import that has not ended, of a community that takes messages over. */
export interface RunningImport extends Cause {
  readonly communityId: CommunityId
  readonly importId: ImportId
}

export interface ImportingPorts<Running extends RunningImport> {
  readonly readWaiting: () => Promise<readonly CommunityToImport[]>
  readonly readRunning: () => Promise<readonly Running[]>
  /**
   * Takes over what can be and records it, its end included. Ends soon after `signal` aborts, with whatever.
   *
   * @returns The code of one that is in quarantine, where any is.
   */
  readonly importArchives: (
    running: Running,
    signal: AbortSignal,
  ) => Promise<Result<unknown, { readonly code: string }>>
  readonly newId: () => ImportId
  readonly record: RecordOutcome
  readonly attempts: Attempts
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/**
 * Takes over the messages of archives that are here.
 *
 * An import that was broken off goes on, and so does one that failed, ever later. What is in quarantine is tried again
 * ever later too, and is given up in the end; communities do not wait for each other.
 */
export function createImportingReactor<Running extends RunningImport>(ports: ImportingPorts<Running>): Reactor {
  const { readWaiting, readRunning, attempts, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, AbortController>()
  const ends = new Map<CommunityId, Promise<void>>()
  const reactor = createReactor({ name: 'importing', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = wallClock.now()
    // An import that ends while this reads may have been given up: it is not to be begun again by what was read before.
    const busy = new Set(underWay.keys())
    const isDue = (goal: Goal): boolean => !busy.has(goal.communityId) && attempts.isDue(goal)
    const waiting = await readWaiting()
    for (const community of waiting) {
      if (isDue({ ...community, thing: community.archives })) await startImport(community, ports)
    }
    const running = await readRunning()
    const wanted = new Set(running.map(({ communityId }) => communityId))
    for (const [communityId, stop] of underWay) if (!wanted.has(communityId)) stop.abort()
    for (const one of running) if (isDue(goalOf(one, waiting))) begin(one, goalOf(one, waiting))
    return attempts.nextDueAt(lookedAt)
  }

  function begin(running: Running, goal: CausedGoal): void {
    const stop = new AbortController()
    underWay.set(goal.communityId, stop)
    ends.set(goal.communityId, take(running, goal, stop.signal))
  }

  async function take(running: Running, goal: CausedGoal, signal: AbortSignal): Promise<void> {
    const { communityId } = goal
    const outcome = await attempts.attempt(goal, async () => {
      const imported = await ports.importArchives(running, signal)
      if (signal.aborted) return ok(null)
      // By the log there is as much to do as before: it would be begun again at once.
      return imported.ok && (await isLeft(running, goal, ports)) ? err({ code: 'INTERNAL' }) : imported
    })
    // What there was to take over before is taken over too.
    if (outcome === 'REACHED') attempts.forgive(communityId)
    underWay.delete(communityId)
    ends.delete(communityId)
    reactor.wake()
  }

  return waitingFor(reactor, ends, () => underWay.forEach((stop) => stop.abort()))
}

/** Success and failure are counted by what there is to take over, whoever wished for it. */
function goalOf(running: RunningImport, waiting: readonly CommunityToImport[]): CausedGoal {
  const { communityId, importId, cause, correlationId } = running
  const archives = waiting.find((community) => community.communityId === communityId)?.archives
  return { communityId, thing: archives ?? importId, cause, correlationId }
}

async function isLeft<Running extends RunningImport>(
  { communityId, importId }: RunningImport,
  { thing }: Goal,
  { readRunning, readWaiting }: ImportingPorts<Running>,
): Promise<boolean> {
  if ((await readRunning()).some((one) => one.importId === importId)) return true
  return (await readWaiting()).some((one) => one.communityId === communityId && one.archives === thing)
}

async function startImport<Running extends RunningImport>(
  { communityId, archives: _, ...cause }: CommunityToImport,
  { newId, record }: ImportingPorts<Running>,
): Promise<void> {
  await record({ type: 'StartImport', communityId, importId: newId(), protocolEnabled: true }, cause)
}
