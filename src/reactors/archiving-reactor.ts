import type { RunId } from '../domain/archive.ts'
import type { RecordArchiveCreated } from '../domain/commands.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Run } from '../domain/community.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import { err, type Result } from '../domain/result.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause, RecordOutcome } from './record.ts'
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
  const underWay = new Map<RunId, UnderWay>()

  async function react(): Promise<null> {
    // A run that ends while the runs are read may be among them: it is not to be packed again.
    const busy = new Set(underWay.keys())
    const runs = await readRuns()
    const wanted = (await isProtocolEnabled()) ? runs : []
    for (const run of runs) if (!wanted.includes(run)) await record(failedOf(run, STOPPED), run)
    for (const [runId, { stop }] of underWay) if (!wanted.some((run) => run.runId === runId)) stop.abort()
    for (const run of wanted) if (!busy.has(run.runId)) start(run)
    return null
  }

  function start(run: RunningRun): void {
    const stop = new AbortController()
    const ended = packAndRecord(run, stop.signal, ports)
      .catch(onFault)
      .finally(() => underWay.delete(run.runId))
    underWay.set(run.runId, { stop, ended })
  }

  const reactor = createReactor({ name: 'archiving', react, wallClock, onFault })
  const allEnded = async (): Promise<void> => void (await Promise.all([...underWay.values()].map(({ ended }) => ended)))
  return {
    ...reactor,
    async settled() {
      await reactor.settled()
      await allEnded()
    },
    async stop() {
      await reactor.stop()
      for (const { stop } of underWay.values()) stop.abort()
      await allEnded()
    },
  }
}

/** A run that is packed, or waits for its turn. */
interface UnderWay {
  readonly stop: AbortController
  readonly ended: Promise<void>
}

const STOPPED: PackFailed = { code: 'STOPPED', numbers: {} }

async function packAndRecord(run: RunningRun, signal: AbortSignal, ports: ArchivingPorts): Promise<void> {
  if (signal.aborted) return
  const { record } = ports
  const packed = await packOrFail(run, signal, ports)
  // Nobody waits for a run that was stopped: the log has ended it, or will at the next start.
  if (signal.aborted) return
  const { communityId, runId } = run
  if (!packed.ok) await record(failedOf(run, packed.error), run)
  else if (packed.value.type === 'CREATED') {
    await record({ type: 'RecordArchiveCreated', communityId, archive: packed.value.archive }, run)
  } else {
    const { recordedUpTo } = packed.value
    await record({ type: 'RecordNoArchiveCreated', communityId, runId, recordedUpTo }, run)
  }
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
