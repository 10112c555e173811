import type { EventType } from '../domain/events.ts'
import type { EventLog } from '../events/event-log.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { Attempts } from '../reactors/attempts.ts'
import type { Reactor } from '../reactors/reactor.ts'

/** The reactors of a node, by name. */
export interface ReactorsByName {
  readonly seeding: Reactor
  readonly dispatching: Reactor
  readonly archiving: Reactor
  readonly scheduling: Reactor
  readonly repairing: Reactor
}

/** Events after which a reactor may find something to do. */
const WAKES: Readonly<Record<keyof ReactorsByName, ReadonlySet<EventType>>> = {
  seeding: new Set<EventType>([
    'CommunityAdded',
    'CommunityLeft',
    'SettingsChanged',
    'ArchivingEnabled',
    'ArchivingDisabled',
    'ArchiveCreated',
    'ArchiveRepaired',
    'SeedingRequested',
    'SeedingWithdrawn',
    'SeedingStarted',
    'SeedingFailed',
    'ProtocolEnabled',
    'ProtocolDisabled',
    'NodeWentOnline',
    'NodeWentOffline',
    'TorrentClientUp',
  ]),
  dispatching: new Set<EventType>([
    'CommunityAdded',
    'SettingsChanged',
    'ArchivingEnabled',
    'SeedingRequested',
    'SeedingStarted',
  ]),
  archiving: new Set<EventType>(['ArchiveCreationStarted', 'ArchiveCreationFailed', 'ProtocolDisabled']),
  scheduling: new Set<EventType>([
    'CommunityAdded',
    'SettingsChanged',
    'ContentTopicsChanged',
    'ArchivingEnabled',
    'SeedingRequested',
    'ArchiveCreated',
    'NoArchiveCreated',
    'ArchiveCreationFailed',
    'ProtocolEnabled',
    'NodeWentOnline',
  ]),
  repairing: new Set<EventType>([
    'CommunityLeft',
    'ArchivingEnabled',
    'ArchivingDisabled',
    'SeedingRequested',
    'SeedingWithdrawn',
    'ArchiveCreationFailed',
    'SeedingFailed',
    'ProtocolEnabled',
    'ProtocolDisabled',
    'NodeWentOnline',
    'NodeWentOffline',
  ]),
}

/** How long the log is left alone after it could not be read, in milliseconds. */
const FAULT_PAUSE_MS = 1_000

/** The attempts of each reactor whose acts can fail. */
export interface AttemptsByName {
  readonly seeding: Attempts
  readonly dispatching: Attempts
  readonly repairing: Attempts
}

export interface WakeReactorsOptions {
  readonly log: Pick<EventLog, 'head' | 'tail'>
  readonly reactors: ReactorsByName
  readonly attempts: AttemptsByName
  readonly signal: AbortSignal
  readonly onFault: (fault: unknown) => void
}

/**
 * Wakes reactors by the events that concern them, until `signal` aborts or the log is closed.
 *
 * A wish that changed gives what was given up a new chance. When the log cannot be read, it is followed again from
 * where it was left.
 */
export async function wakeReactors(options: WakeReactorsOptions): Promise<void> {
  const { log, signal, onFault } = options
  let after = log.head()
  while (!signal.aborted) {
    try {
      for await (const recorded of log.tail(after, signal)) {
        after = recorded.position
        wakeBy(recorded, options)
      }
      return
    } catch (fault) {
      onFault(fault)
      await pause(FAULT_PAUSE_MS, signal)
    }
  }
}

function wakeBy({ event, actor }: Recorded, { reactors, attempts }: WakeReactorsOptions): void {
  const communityId = 'communityId' in event ? event.communityId : null
  // What was mended is worth another try, just as what somebody wished anew.
  const isWish = !actor.startsWith('reactor:')
  const isNewChance = isWish || event.type === 'ArchiveRepaired'
  // The goals of a reactor that finds nothing else to do in the event would wait out their time all the same.
  const forgiven = {
    seeding: isNewChance && attempts.seeding.forgive(communityId),
    dispatching: isNewChance && attempts.dispatching.forgive(communityId),
    // Files that are served are whole, whatever was wrong with them.
    repairing: (isWish || event.type === 'SeedingStarted') && attempts.repairing.forgive(communityId),
    archiving: false,
    scheduling: false,
  }
  for (const name of ['seeding', 'dispatching', 'archiving', 'scheduling', 'repairing'] as const) {
    if (WAKES[name].has(event.type) || forgiven[name]) reactors[name].wake()
  }
}

/** Waits, but not beyond the abort. */
async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, waitMs)
  const end = (): void => over.resolve()
  signal.addEventListener('abort', end)
  await over.promise
  clearTimeout(timer)
  signal.removeEventListener('abort', end)
}
