import type { ImportId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Attempts } from './attempts.ts'
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
 * An import that was broken off goes on. What is in quarantine is tried again ever later, and is parked in the end;
 * communities do not wait for each other.
 */
export function createImportingReactor<Running extends RunningImport>(ports: ImportingPorts<Running>): Reactor {
  const { readWaiting, readRunning, newId, record, attempts, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, AbortController>()
  const ends = new Map<CommunityId, Promise<void>>()
  /** What each running import is about to take over, as its success and failure are counted by that. */
  const things = new Map<ImportId, string>()
  const reactor = createReactor({ name: 'importing', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = wallClock.now()
    for (const { communityId, archives, ...cause } of await readWaiting()) {
      if (underWay.has(communityId) || !attempts.isDue({ communityId, thing: archives })) continue
      const importId = newId()
      const started = await record({ type: 'StartImport', communityId, importId, protocolEnabled: true }, cause)
      if (started.ok) things.set(importId, archives)
    }
    const running = await readRunning()
    for (const [communityId, stop] of underWay) {
      if (!running.some((one) => one.communityId === communityId)) stop.abort()
    }
    for (const one of running) if (isDue(one)) begin(one)
    return attempts.nextDueAt(lookedAt)
  }

  function goalOf({ communityId, importId }: Running): { readonly communityId: CommunityId; readonly thing: string } {
    return { communityId, thing: things.get(importId) ?? importId }
  }

  function isDue(running: Running): boolean {
    return !underWay.has(running.communityId) && attempts.isDue(goalOf(running))
  }

  function begin(running: Running): void {
    const { communityId } = running
    const stop = new AbortController()
    underWay.set(communityId, stop)
    ends.set(communityId, take(running, stop.signal))
  }

  async function take(running: Running, signal: AbortSignal): Promise<void> {
    const { communityId } = running
    await attempts.attempt(goalOf(running), async () => {
      const outcome = await ports.importArchives(running, signal)
      return signal.aborted ? { ok: true, value: null } : outcome
    })
    underWay.delete(communityId)
    ends.delete(communityId)
    reactor.wake()
  }

  return waitingFor(reactor, ends, () => underWay.forEach((stop) => stop.abort()))
}
