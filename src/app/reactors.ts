import { DEFAULT_REDISPATCH_SECONDS } from '../domain/community-settings.ts'
import type { Actor, CorrelationId, EventId } from '../events/recorded-event.ts'
import { readServedTorrents } from '../projections/magnetlinks.ts'
import { readNode } from '../projections/nodes.ts'
import { readDamaged } from '../projections/read-damaged.ts'
import type { SeedingRow } from '../projections/read-seeding.ts'
import { readRunningRuns } from '../projections/runs.ts'
import { createArchivingReactor, type ArchivingPorts } from '../reactors/archiving-reactor.ts'
import { createAttempts, type Attempts, type CausedGoal, type GivenUp } from '../reactors/attempts.ts'
import { createDispatchingReactor } from '../reactors/dispatching-reactor.ts'
import type { Reactor } from '../reactors/reactor.ts'
import type { RecordOutcome } from '../reactors/record.ts'
import { createPacedWake } from '../reactors/paced-wake.ts'
import { createRepairingReactor } from '../reactors/repairing-reactor.ts'
import { createSchedulingReactor, type SchedulingPorts } from '../reactors/scheduling-reactor.ts'
import { createSeedingReactor, type SeedingClient } from '../reactors/seeding-reactor.ts'
import type { WallClock } from '../reactors/wall-clock.ts'
import { watchAttempts, type WatchWork } from '../reactors/watch-work.ts'
import { giveUpAs, mayGiveUpSeeding, readTendedTorrents, withoutLeftAlone, type TendedTorrent } from './given-up.ts'
import type { Stores } from './stores.ts'
import type { Repairs } from './verification/node-verifications.ts'
import { createReactorLags } from './telemetry/reactor-lags.ts'
import { wakeReactors, type ReactorsByName } from './wake-reactors.ts'

export interface ReactorPorts {
  readonly stores: Pick<Stores, 'log' | 'db' | 'execute' | 'keys'>
  readonly client: SeedingClient<SeedingRow>
  readonly pack: ArchivingPorts['pack']
  /** The announce URLs that a community's magnet link names, from what was chosen for it. */
  readonly trackersOf: (chosen: readonly string[] | null) => readonly string[]
  /** Where others reach this node over HTTP; null where they cannot. */
  readonly publicUrl: string | null
  /** What counts for communities that have none of their own. */
  readonly graceSeconds: number
  readonly schedules: Pick<SchedulingPorts, 'readSchedules' | 'recordingUntil' | 'createArchive'>
  readonly repairs: Repairs
  /** Those of members, and what else events wake; null for a node that takes nothing from others. */
  readonly members: ReactorsByName | null
  readonly wallClock: WallClock
  /** Is given the goal whose try failed, where it was one. */
  readonly onFault: (fault: unknown, goal?: CausedGoal) => void
  /** Left out where nobody measures. */
  readonly watch?: WatchWork
}

/** All reactors of the node, woken by the log. */
export interface Reactors {
  wake(): void
  /** Has the schedules looked at again soon, as messages came in. */
  wakeSchedules(): void
  settled(): Promise<void>
  /** How many events stand after the last one that each has taken into account: see `ReactorLags`. */
  lags(): ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Creates the reactors and starts them: each looks once at the start, as events may have come while it slept. */
export function startReactors(ports: ReactorPorts): Reactors {
  const { stores, wallClock, onFault } = ports
  const own = createOwnAttempts(ports)
  const attempts: ReactorsByName['attempts'] = { ...own, ...ports.members?.attempts }
  const ownReactors = createReactors(ports, own)
  const reactors: ReactorsByName['reactors'] = { ...ownReactors, ...ports.members?.reactors }
  const stopping = new AbortController()
  const { signal } = stopping
  const lags = createReactorLags(reactors, stores.log.head())
  const waking = wakeReactors({ log: stores.log, reactors, attempts, signal, lags, onFault })
  const all: readonly Reactor[] = Object.values(reactors)
  const wake = (): void => all.forEach((reactor) => reactor.wake())
  wake()
  const schedules = createPacedWake(() => ownReactors.scheduling.wake(), wallClock)
  return {
    wake,
    wakeSchedules: () => schedules.wake(),
    settled: async () => {
      await Promise.all(all.map(async (reactor) => reactor.settled()))
    },
    lags: () => lags.lags(stores.log.head()),
    async stop() {
      stopping.abort()
      schedules.stop()
      await Promise.all([waking, ...all.map(async (reactor) => reactor.stop())])
    },
  }
}

type OwnAttempts = Readonly<Record<'seeding' | 'dispatching' | 'repairing', Attempts>>
type OwnReactors = Readonly<Record<keyof OwnAttempts | 'archiving' | 'scheduling', Reactor>>

function createOwnAttempts({ stores, wallClock: { now }, watch, onFault }: ReactorPorts): OwnAttempts {
  const create = (name: keyof OwnAttempts, mayGiveUp?: (goal: GivenUp) => boolean): Attempts => {
    const giveUp = giveUpAs(name, recordAs(`reactor:${name}`, stores))
    const more = { ...(mayGiveUp && { mayGiveUp }), ...(watch && { watch: watchAttempts(name, watch) }) }
    return createAttempts({ now, random: Math.random, onFault, giveUp, ...more })
  }
  const repairing = create('repairing')
  const seeding = create('seeding', (goal) => mayGiveUpSeeding(goal, repairing.isFailing))
  return { seeding, dispatching: create('dispatching'), repairing }
}

function createReactors(ports: ReactorPorts, attempts: OwnAttempts): OwnReactors {
  const { stores, client, pack, schedules, wallClock, onFault } = ports
  const { db } = stores
  const dispatching = createDispatching(ports, attempts)
  const seeding = createSeedingReactor({
    readTorrents: async () => withGrace(await readTendedTorrents(db), ports.graceSeconds),
    client: wakingWhenServed(client, dispatching),
    record: recordAs('reactor:seeding', stores),
    attempts: attempts.seeding,
    wallClock,
    onFault,
  })
  return {
    dispatching,
    seeding,
    archiving: createArchivingReactor({
      readRuns: async () => (await readRunningRuns(db)).map((run) => ({ ...run, cause: run.startedBy })),
      isProtocolEnabled: async () => (await readNode(db)).protocol === 'ENABLED',
      pack,
      record: recordAs('reactor:archiving', stores),
      wallClock,
      onFault,
    }),
    scheduling: createSchedulingReactor({ ...schedules, wallClock, onFault }),
    repairing: createRepairingReactor({
      ...ports.repairs,
      readDamaged: async () =>
        withoutLeftAlone(db, 'repairing', [...(await readDamaged(db)), ...(ports.repairs.suspected?.() ?? [])]),
      // Nothing is recorded that would give it another try: the files were well all the time.
      onWhole: (communityId) => {
        if (attempts.seeding.forgive(communityId)) seeding.wake()
        if (ports.members?.attempts.importing?.forgive(communityId)) ports.members.reactors.importing?.wake()
      },
      attempts: attempts.repairing,
      wallClock,
      onFault,
    }),
  }
}

function createDispatching(ports: ReactorPorts, attempts: Pick<OwnAttempts, 'dispatching'>): Reactor {
  const { stores, client, trackersOf, publicUrl, wallClock, onFault } = ports
  const { db, keys } = stores
  return createDispatchingReactor({
    publicUrl,
    async readServed() {
      // What is recorded as served may yet have to be served again by this process.
      const served = (await readServedTorrents(db)).filter(({ infoHash }) => client.active().has(infoHash))
      return (await withoutLeftAlone(db, 'dispatching', served)).map(({ settings, ...torrent }) => ({
        ...torrent,
        trackers: trackersOf(settings.trackers),
        redispatchMs: (settings.redispatchSeconds ?? DEFAULT_REDISPATCH_SECONDS) * 1000,
      }))
    },
    readClockFloor: async () => (await readNode(db)).clockFloor,
    sign: async (communityId, text) => keys.sign(communityId, text),
    record: recordAs('reactor:dispatching', stores),
    attempts: attempts.dispatching,
    wallClock,
    onFault,
  })
}

function withGrace(torrents: readonly TendedTorrent[], graceSeconds: number): readonly TorrentWithGrace[] {
  return torrents.map((torrent) => ({ ...torrent, graceMs: (torrent.settings.graceSeconds ?? graceSeconds) * 1000 }))
}

type TorrentWithGrace = TendedTorrent & { readonly graceMs: number }

function wakingWhenServed(client: ReactorPorts['client'], reactor: Reactor): ReactorPorts['client'] {
  return {
    ...client,
    async serve(torrent, check) {
      const served = await client.serve(torrent, check)
      if (served.ok) reactor.wake()
      return served
    },
  }
}

/** Records in the name of a reactor. */
export function recordAs(actor: Actor, { execute }: Pick<Stores, 'execute'>): RecordOutcome {
  return async (command, { cause, correlationId }) => {
    // Causes are read from projections, which got them from recorded events.
    const ids = { correlationId: correlationId as CorrelationId, causationId: cause as EventId }
    return execute(command, { actor, ...ids, idempotency: null })
  }
}
