import { onTestFinished } from 'vitest'
import { beginRun } from '../../src/app/begin-run.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import type { FileSteps } from '../../src/archives/file-steps.ts'
import type { NotReconciled, Reconciled } from '../../src/archives/sweep/reconcile-archive-files.ts'
import { valueOf } from './value-of.ts'

/** The stores of a data directory, open until the test is over, if not closed before. */
interface OpenedStores {
  readonly stores: Stores
  readonly close: () => Promise<void>
}

/** Opens the stores of a data directory, as a process does before its run begins. */
export async function openRunStores(dataDir: string, now = systemClock.now): Promise<OpenedStores> {
  const closing = new AsyncDisposableStack()
  const close = async (): Promise<void> => closing.disposeAsync()
  onTestFinished(close)
  return { stores: valueOf(await openStores(dataDir, closing, now)), close }
}

/** A run that began. */
interface BegunRun {
  /** What was swept, each time something was. */
  readonly swept: readonly Pick<Reconciled, 'cut' | 'removed'>[]
  readonly unswept: readonly NotReconciled[]
  readonly end: () => Promise<void>
}

/** Begins a run, which ends with the test if not before. What it cannot do, other than sweep, fails the test. */
export async function beginTestRun(
  stores: Stores,
  dataDir: string,
  version = '1.0.0',
  files?: FileSteps,
): Promise<BegunRun> {
  const closing = new AsyncDisposableStack()
  const end = async (): Promise<void> => closing.disposeAsync()
  onTestFinished(end)
  const swept: BegunRun['swept'][number][] = []
  const unswept: NotReconciled[] = []
  const onFault = (fault: unknown): never => {
    throw fault
  }
  const { now } = systemClock
  const onSwept = (one: BegunRun['swept'][number]): unknown => swept.push(one)
  const onUnswept = (one: NotReconciled): unknown => unswept.push(one)
  await beginRun({ stores, dataDir, version, now, onSwept, onUnswept, onFault, ...(files && { files }) }, closing)
  return { swept, unswept, end }
}

/** The facts that were recorded after a position. */
export async function factsOf({ log }: Stores, after = 0): Promise<readonly object[]> {
  const page = await log.read({ limit: 1000 })
  return page.filter(({ position }) => position > after).map(({ event }) => event)
}
