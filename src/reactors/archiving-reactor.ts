import type { RunId } from '../domain/archive.ts'
import type { RecordArchiveCreated, RecordNoArchiveCreated } from '../domain/commands.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Run } from '../domain/community.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import { err, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { earliest } from './earliest.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause, RecordOutcome } from './record.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** A run that the log says is under way. */
export interface RunningRun extends Run, Cause {
  readonly communityId: CommunityId
}

/** What packing came to: an archive, or none because no message was in the range. */
export type Packed =
  | { readonly type: 'CREATED'; readonly archive: RecordArchiveCreated['archive'] }
  | { readonly type: 'EMPTY'; readonly recordedUpTo: number }

export interface PackFailed {
  readonly code: ArchiveFailureCode
  readonly numbers: Readonly<Record<string, number>>
}

export interface ArchivingPorts {
  readonly readRuns: () => Promise<readonly RunningRun[]>
  readonly isProtocolEnabled: () => Promise<boolean>
  /** Packs one run; ends soon after `signal` aborts, with whatever outcome. */
  readonly pack: (run: RunningRun, signal: AbortSignal) => Promise<Result<Packed, PackFailed>>
  readonly record: RecordOutcome
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/**
 * Packs the runs that are under way, and records how they end. How many are packed at a time is for `pack` to say: a run
 * whose turn has not come holds up no other.
 *
 * A run that the log has ended meanwhile is stopped; what it wrote is swept, as no event names it.
 */
export function createArchivingReactor(ports: ArchivingPorts): Reactor {
  const { readRuns, isProtocolEnabled, record, wallClock, onFault } = ports
  const stops = new Map<RunId, AbortController>()
  const underWay = new Map<RunId, Promise<void>>()
  /** When runs whose end could not be recorded are packed again. */
  const pausedUntil = new Map<RunId, UnixMillis>()

  async function react(): Promise<UnixMillis | null> {
    const now = wallClock.now()
    // A run that ends while the runs are read may be among them: it is not to be packed again.
    const busy = new Set(underWay.keys())
    const runs = await readRuns()
    const wanted = (await isProtocolEnabled()) ? runs : []
    const isWanted = (runId: RunId): boolean => wanted.some((run) => run.runId === runId)
    for (const run of runs) if (!wanted.includes(run)) await record(failedOf(run, STOPPED), run)
    for (const [runId, stop] of stops) if (!isWanted(runId)) stop.abort()
    for (const runId of pausedUntil.keys()) if (!isWanted(runId)) pausedUntil.delete(runId)
    for (const run of wanted) if (!busy.has(run.runId) && (pausedUntil.get(run.runId) ?? now) <= now) start(run)
    return [...pausedUntil.values()].filter((until) => until > now).reduce(earliest, null)
  }

  function start(run: RunningRun): void {
    const { runId } = run
    const stop = new AbortController()
    stops.set(runId, stop)
    pausedUntil.delete(runId)
    underWay.set(runId, pack(run, stop.signal))
  }

  async function pack(run: RunningRun, signal: AbortSignal): Promise<void> {
    try {
      await packAndRecord(run, signal, ports)
    } catch (fault) {
      // The log could not be written. As long as the run has no end, the community's next cannot begin.
      onFault(fault)
      pausedUntil.set(run.runId, (wallClock.now() + FAULT_PAUSE_MS) as UnixMillis)
      reactor.wake()
    } finally {
      stops.delete(run.runId)
      underWay.delete(run.runId)
    }
  }

  const reactor = createReactor({ name: 'archiving', react, wallClock, onFault })
  return waitingFor(reactor, underWay, () => stops.forEach((stop) => stop.abort()))
}

const FAULT_PAUSE_MS = 30_000
const STOPPED: PackFailed = { code: 'STOPPED', numbers: {} }

async function packAndRecord(run: RunningRun, signal: AbortSignal, ports: ArchivingPorts): Promise<void> {
  if (signal.aborted) return
  const { record } = ports
  const packed = await packOrFail(run, signal, ports)
  // Nobody waits for a run that was stopped: the log has ended it, or will at the next start.
  if (signal.aborted) return
  const recorded = await record(packed.ok ? endOf(run, packed.value) : failedOf(run, packed.error), run)
  if (recorded.ok || recorded.error.type === 'RunNotActive') return
  ports.onFault(new Error(`Cannot record the end of run ${run.runId}: ${recorded.error.type}`))
  await record(failedOf(run, { code: 'INTERNAL', numbers: {} }), run)
}

function endOf({ communityId, runId }: RunningRun, packed: Packed): RecordArchiveCreated | RecordNoArchiveCreated {
  return packed.type === 'CREATED'
    ? { type: 'RecordArchiveCreated', communityId, archive: packed.archive }
    : { type: 'RecordNoArchiveCreated', communityId, runId, recordedUpTo: packed.recordedUpTo }
}

/** A fault fails the run, as one that never ends would bar the community's next for good. */
async function packOrFail(
  run: RunningRun,
  signal: AbortSignal,
  { pack, onFault }: ArchivingPorts,
): Promise<Result<Packed, PackFailed>> {
  try {
    return await pack(run, signal)
  } catch (fault) {
    onFault(fault)
    return err({ code: 'INTERNAL', numbers: {} })
  }
}

function failedOf({ communityId, runId }: RunningRun, { code, numbers }: PackFailed) {
  return { type: 'RecordArchiveCreationFailed', communityId, runId, code, numbers } as const
}
