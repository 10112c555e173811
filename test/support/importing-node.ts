import { onTestFinished } from 'vitest'
import { IMPORT_PACE } from '../../src/app/member-attempts.ts'
import { giveUpAs, withoutLeftAlone } from '../../src/app/given-up.ts'
import { recordAs } from '../../src/app/reactors.ts'
import type { ArchiveId, ImportId } from '../../src/domain/archive.ts'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { ImportRow } from '../../src/projections/imports.ts'
import { readImportable, readImportsToRun } from '../../src/projections/read-fetching.ts'
import { createAttempts, type Attempts } from '../../src/reactors/attempts.ts'
import { createImportingReactor, type ImportingPorts } from '../../src/reactors/importing-reactor.ts'
import type { Reactor } from '../../src/reactors/reactor.ts'
import type { Cause } from '../../src/reactors/record.ts'
import { advanceReactor } from './advance-reactor.ts'
import { COMMUNITY as communityId } from './community-facts.ts'
import { eventually } from './eventually.ts'
import { importId, member } from './member-facts.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { openNode, type OpenNode } from './open-node.ts'
import { recordFacts } from './record-facts.ts'
import { metaOf } from './sample-wishes.ts'
import { valueOf } from './value-of.ts'

type Running = ImportRow & Cause
type Outcome = Awaited<ReturnType<ImportingPorts<Running>['importArchives']>>

/** An import that was begun. A test ends it, or whoever stops it. */
export interface BegunImport {
  readonly running: Running
  readonly signal: AbortSignal
  /** When it was begun, in milliseconds after the node was opened. */
  readonly at: number
  readonly end: (outcome: Outcome) => void
}

/** A member whose log, read models and reactor are real; what it imports is not. */
export interface ImportingNode extends OpenNode {
  readonly clock: MovableClock
  readonly reactor: Reactor
  readonly attempts: Attempts
  readonly begun: readonly BegunImport[]
  readonly faults: readonly unknown[]
  /** Records facts of the community, and wakes the reactor. */
  tell(...facts: readonly CommunityEvent[]): Promise<void>
  /** Sends a wish that is granted, and wakes the reactor. */
  wish(command: Command): Promise<void>
  /** The n-th import, from 0, once it was begun. */
  begin(n: number): Promise<BegunImport>
  /** Lets time pass while no import is under way. */
  advance(byMs: number): Promise<void>
  /** Records that an import took these archives over, and that it could not take those, and its end. */
  finish(running: Running, imported: readonly ArchiveId[], quarantined?: readonly ArchiveId[]): Promise<void>
}

/** Opens a node that is a member of the community of all facts. */
export async function openImportingNode(
  outcome?: (begun: BegunImport, node: ImportingNode) => Promise<Outcome>,
): Promise<ImportingNode> {
  const clock = createMovableClock()
  const node = openNode({ now: clock.now })
  const [begun, faults, openedAt]: [BegunImport[], unknown[], UnixMillis] = [[], [], clock.now()]
  const onFault = (fault: unknown): void => void faults.push(fault)
  const giveUp = giveUpAs('importing', recordAs('reactor:importing', node))
  const attempts = createAttempts({ now: clock.now, random: () => 1, onFault, giveUp, pace: IMPORT_PACE })
  let ids = 0
  const reactor = createImportingReactor<Running>({
    async readWaiting() {
      const rows = (await readImportable(node.db)).filter(({ waiting }) => waiting > 0)
      return (await withoutLeftAlone(node.db, 'importing', rows)).map(({ waiting, newestPosition, ...row }) => {
        return { ...row, archives: `${waiting} ${newestPosition}` }
      })
    },
    readRunning: async () => (await readImportsToRun(node.db)).map((row) => ({ ...row, cause: row.startedBy })),
    async importArchives(running, signal) {
      const { promise, resolve: end } = Promise.withResolvers<Outcome>()
      const one = { running, signal, at: clock.now() - openedAt, end }
      begun.push(one)
      signal.addEventListener('abort', () => end({ ok: false, error: { code: 'STOPPED' } }))
      return outcome?.(one, importing) ?? promise
    },
    newId: (): ImportId => importId((ids += 1)),
    record: recordAs('reactor:importing', node),
    attempts,
    wallClock: clock,
    onFault,
  })
  onTestFinished(async () => reactor.stop())

  const execute = async (command: Command): Promise<void> => void valueOf(await node.execute(command, metaOf()))
  const importing: ImportingNode = {
    ...node,
    clock,
    reactor,
    attempts,
    begun,
    faults,
    async tell(...facts) {
      await recordFacts(node.log, facts)
      reactor.wake()
    },
    async wish(command) {
      await execute(command)
      // As whoever wakes the reactors does.
      attempts.forgive(communityId)
      reactor.wake()
    },
    begin: async (n) => eventually(() => begun[n] ?? Promise.reject(new Error(`Import ${n} was not begun`))),
    advance: async (byMs) => advanceReactor(reactor, clock, byMs),
    async finish({ importId: id }, imported, quarantined = []) {
      const about = { communityId, importId: id }
      const counts = { messages: 1, added: 1, removed: 0, sha256: 'd4'.repeat(32) }
      for (const archiveId of imported) await execute({ type: 'RecordArchiveImported', ...about, archiveId, ...counts })
      for (const archiveId of quarantined) {
        const why = { code: 'ARCHIVE_MALFORMED', numbers: {} } as const
        await execute({ type: 'RecordArchiveQuarantined', ...about, archiveId, ...why })
      }
      await execute({ type: 'RecordImportFinished', ...about })
    },
  }
  await recordFacts(node.log, member)
  return importing
}
