import type { EventType } from '../domain/events.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Actor, CorrelationId, EventId, Recorded } from '../events/recorded-event.ts'
import { readDueDispatches } from '../projections/magnetlinks.ts'
import { readNode } from '../projections/nodes.ts'
import { readSeeding, type SeedingRow } from '../projections/read-seeding.ts'
import { readRunningRuns } from '../projections/runs.ts'
import { createArchivingReactor, type ArchivingPorts } from '../reactors/archiving-reactor.ts'
import { createAttempts, type Attempts, type ParkedGoal } from '../reactors/attempts.ts'
import { createDispatchingReactor } from '../reactors/dispatching-reactor.ts'
import type { Reactor } from '../reactors/reactor.ts'
import type { RecordOutcome } from '../reactors/record.ts'
import { createSeedingReactor, type SeedingClient } from '../reactors/seeding-reactor.ts'
import type { Stores } from './stores.ts'

export interface ReactorPorts {
  readonly stores: Pick<Stores, 'log' | 'db' | 'execute' | 'keys'>
  readonly client: SeedingClient<SeedingRow>
  readonly pack: ArchivingPorts['pack']
  readonly trackers: readonly string[]
  readonly graceMs: number
  readonly now: () => UnixMillis
  readonly onFault: (fault: unknown) => void
}

/** A goal that a reactor has given up, and whose. */
export type ParkedByReactor = ParkedGoal & { readonly reactor: string }

/** All reactors of the node, woken by the log. */
export interface Reactors {
  wake(): void
  parked(): readonly ParkedByReactor[]
  settled(): Promise<void>
  stop(): Promise<void>
}

/** Events after which a reactor may find something to do. */
const WAKES: Readonly<Record<'seeding' | 'dispatching' | 'archiving', ReadonlySet<EventType>>> = {
  seeding: new Set<EventType>([
    'CommunityAdded',
    'CommunityLeft',
    'ArchivingEnabled',
    'ArchivingDisabled',
    'ArchiveCreated',
    'SeedingRequested',
    'SeedingWithdrawn',
    'SeedingStarted',
    'ProtocolEnabled',
    'ProtocolDisabled',
    'NodeWentOnline',
    'NodeWentOffline',
    'TorrentClientUp',
  ]),
  dispatching: new Set<EventType>(['CommunityAdded', 'ArchivingEnabled', 'SeedingRequested', 'SeedingStarted']),
  archiving: new Set<EventType>(['ArchiveCreationStarted', 'ArchiveCreationFailed', 'ProtocolDisabled']),
}

/** Creates the reactors and starts them: each looks once at the start, as events may have come while it slept. */
export function startReactors(ports: ReactorPorts): Reactors {
  const { stores, client, pack, trackers, graceMs, now, onFault } = ports
  const { log, db, execute, keys } = stores
  const attempts = {
    seeding: createAttempts({ now, random: Math.random, onFault }),
    dispatching: createAttempts({ now, random: Math.random, onFault }),
  }
  const recordAs =
    (actor: Actor): RecordOutcome =>
    async (command, { cause, correlationId }) => {
      // Causes are read from projections, which got them from recorded events.
      const ids = { correlationId: correlationId as CorrelationId, causationId: cause as EventId }
      return execute(command, { actor, ...ids, idempotency: null })
    }
  const reactors = {
    seeding: createSeedingReactor({
      readTorrents: async () => readSeeding(db),
      client,
      record: recordAs('reactor:seeding'),
      attempts: attempts.seeding,
      graceMs,
      now,
      onFault,
    }),
    dispatching: createDispatchingReactor({
      readDue: async () => readDueDispatches(db),
      trackers,
      sign: async (communityId, text) => keys.sign(communityId, text),
      record: recordAs('reactor:dispatching'),
      attempts: attempts.dispatching,
      now,
      onFault,
    }),
    archiving: createArchivingReactor({
      readRuns: async () => {
        const runs = await readRunningRuns(db)
        return runs.map((run) => ({ ...run, cause: run.startedBy }))
      },
      isProtocolEnabled: async () => (await readNode(db)).protocol === 'ENABLED',
      pack,
      record: recordAs('reactor:archiving'),
      now,
      onFault,
    }),
  }
  const stopping = new AbortController()
  const following = follow(log.tail(log.head(), stopping.signal), reactors, attempts).catch(onFault)
  const all: readonly Reactor[] = Object.values(reactors)
  const wake = (): void => all.forEach((reactor) => reactor.wake())
  wake()
  return {
    wake,
    parked: () =>
      Object.entries(attempts).flatMap(([reactor, { parked }]) => parked().map((goal) => ({ ...goal, reactor }))),
    settled: async () => {
      await Promise.all(all.map(async (reactor) => reactor.settled()))
    },
    async stop() {
      stopping.abort()
      await following
      await Promise.all(all.map(async (reactor) => reactor.stop()))
    },
  }
}

/** Wakes reactors by the events that concern them; a changed wish gives what was given up a new chance. */
async function follow(
  events: AsyncIterable<Recorded>,
  reactors: Readonly<Record<keyof typeof WAKES, Reactor>>,
  attempts: Readonly<Record<string, Attempts>>,
): Promise<void> {
  for await (const { event, actor } of events) {
    if ('communityId' in event && !actor.startsWith('reactor:')) {
      for (const { forgive } of Object.values(attempts)) forgive(event.communityId)
    }
    for (const name of ['seeding', 'dispatching', 'archiving'] as const) {
      if (WAKES[name].has(event.type)) reactors[name].wake()
    }
  }
}
