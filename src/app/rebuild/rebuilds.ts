import { answerOnce } from '../../commands/earlier-answer.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { EventLog } from '../../events/event-log.ts'
import { BEFORE_ALL } from '../../events/recorded-event.ts'
import type { Rebuild, RebuildIsRunning, RebuildReader } from '../../graphql/rebuilds.ts'
import type { Wishes } from '../../graphql/wishes.ts'
import { rebuildInThread } from './rebuild-in-thread.ts'

/** Rebuilds of the read models, one at a time. */
export interface Rebuilds extends RebuildReader {
  /** Begins one. `ended` tells what came of it, and never rejects. */
  begin(): Result<{ readonly rebuild: Rebuild; readonly ended: Promise<Rebuild> }, RebuildIsRunning>
  /** Breaks off the one that goes on. */
  stop(): Promise<void>
}

export interface RebuildPorts {
  readonly dataDir: string
  readonly log: Pick<EventLog, 'whileHeld' | 'head'>
  readonly now: () => UnixMillis
  /** Is told why a rebuild failed. */
  readonly onFailed: (fault: unknown) => void
}

export function createRebuilds(ports: RebuildPorts): Rebuilds {
  const stopping = new AbortController()
  let last: Rebuild | null = null
  let running: Promise<Rebuild> | null = null
  return {
    rebuild: () => last,
    begin() {
      if (running !== null || stopping.signal.aborted) return err({ type: 'RebuildIsRunning' })
      const at = { position: BEFORE_ALL, headPosition: ports.log.head(), eventsPerSecond: 0 }
      const begun: Rebuild = { state: 'REBUILDING', ...at, startedAt: ports.now(), finishedAt: null, error: null }
      last = begun
      running = run(begun, ports, stopping.signal, (changed) => (last = changed)).finally(() => (running = null))
      return ok({ rebuild: begun, ended: running })
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** @returns What came of it. Never throws. */
async function run(
  begun: Rebuild,
  { dataDir, log, now, onFailed }: RebuildPorts,
  signal: AbortSignal,
  tell: (changed: Rebuild) => void,
): Promise<Rebuild> {
  let current = begun
  const change = (changes: Partial<Rebuild>): Rebuild => {
    current = { ...current, ...changes }
    tell(current)
    return current
  }
  const startedMs = performance.now()
  const speedTo = (position: number): number => Math.round((position * 1000) / (performance.now() - startedMs))
  try {
    const position = await rebuildInThread({
      dataDir,
      log,
      signal,
      onProgress: (at, headPosition) => change({ position: at, headPosition, eventsPerSecond: speedTo(at) }),
      onSwapping: () => change({ state: 'SWAPPING' }),
    })
    const done = { position, headPosition: position, eventsPerSecond: speedTo(position) }
    return change({ state: 'FINISHED', ...done, finishedAt: now() })
  } catch (fault) {
    if (!signal.aborted) onFailed(fault)
    return change({ state: 'FAILED', finishedAt: now(), error: reasonOf(fault) })
  }
}

/** Begins a rebuild, once for each key; does not wait for its end. */
export function createRebuildProjections(
  log: Pick<EventLog, 'append' | 'findReceipt'>,
  rebuilds: Pick<Rebuilds, 'begin'>,
): Wishes['rebuildProjections'] {
  return async (meta) =>
    answerOnce(log, 'RebuildProjections', meta, async () => {
      const begun = rebuilds.begin()
      return begun.ok ? ok({ rebuild: begun.value.rebuild }) : begun
    })
}

/** A fault and what it came of, in one line. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault)
  return fault.cause === undefined ? fault.message : `${fault.message}: ${reasonOf(fault.cause)}`
}
