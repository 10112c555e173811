import type { CheckedVersion } from '../../archives/repair/check-version.ts'
import type { FetchedVersion } from '../../archives/repair/fetched-version.ts'
import type { RecordedVersion } from '../../archives/repair/recorded-version.ts'
import type { RepairRequest, VersionRepair } from '../../archives/repair/repair-version.ts'
import type { Damage } from '../../domain/damage.ts'
import { err } from '../../domain/result.ts'
import { runThread } from '../run-thread.ts'
import type { FilesAnswer, FilesWork } from './work-on-files.ts'

/** How a piece of work is watched and ended. */
export interface WorkWatch {
  /** Ends it soon, as STOPPED. */
  readonly signal: AbortSignal
  /** Told when its turn has come, with what says how many bytes it has worked through. */
  readonly onBegin: (doneBytes: () => number) => void
  /** Goes before what is not, as a torrent is not served until it has ended. */
  readonly isUrgent: boolean
}

/** Checks and mends the files of versions. */
export interface FilesWorker {
  check(recorded: RecordedVersion, watch: WorkWatch): Promise<FilesAnswer<CheckedVersion>>
  checkFetched(fetched: FetchedVersion, watch: WorkWatch): Promise<FilesAnswer<CheckedVersion>>
  repair(request: RepairRequest, damage: Damage, watch: WorkWatch): Promise<FilesAnswer<VersionRepair>>
}

const ENTRY = new URL('./files-thread.ts', import.meta.url)

/**
 * Creates a worker that uses one thread at a time, as there is one disk: whoever comes later waits, but what is urgent
 * waits for no more than what goes on and what is as urgent.
 *
 * A thread that dies, for want of memory for example, is work that failed: INTERNAL.
 */
export function createFilesWorker(messagesFile: string): FilesWorker {
  const turns = createTurns()

  async function run<Value>(work: FilesWork, { signal, onBegin, isUrgent }: WorkWatch): Promise<FilesAnswer<Value>> {
    return turns.take(isUrgent, async () => {
      const doneBytes = new SharedArrayBuffer(8)
      const done = new BigInt64Array(doneBytes)
      if (signal.aborted) return err({ code: 'STOPPED', details: 'It was asked to stop before it began' })
      onBegin(() => Number(Atomics.load(done, 0)))
      try {
        return await runThread<FilesAnswer<Value>>(ENTRY, { ...work, doneBytes }, signal)
      } catch (fault) {
        return err({ code: 'INTERNAL', details: String(fault) })
      }
    })
  }

  return {
    check: async (recorded, watch) => run<CheckedVersion>({ type: 'CHECK', recorded }, watch),
    checkFetched: async (fetched, watch) => run<CheckedVersion>({ type: 'CHECK_FETCHED', fetched }, watch),
    repair: async (request, damage, watch) =>
      run<VersionRepair>({ type: 'REPAIR', request, damage, messagesFile }, watch),
  }
}

/** Does one piece of work after the other. */
interface Turns {
  take<Value>(isUrgent: boolean, work: () => Promise<Value>): Promise<Value>
}

function createTurns(): Turns {
  const [urgent, others]: [(() => void)[], (() => void)[]] = [[], []]
  let isTaken = false
  return {
    async take(isUrgent, work) {
      const turn = Promise.withResolvers<void>()
      if (isTaken) (isUrgent ? urgent : others).push(turn.resolve)
      else turn.resolve()
      isTaken = true
      await turn.promise
      try {
        return await work()
      } finally {
        const next = urgent.shift() ?? others.shift()
        isTaken = next !== undefined
        next?.()
      }
    },
  }
}
