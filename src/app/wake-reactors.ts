import type { EventType } from '../domain/events.ts'
import { newChancesOf } from '../domain/new-chance.ts'
import type { EventLog } from '../events/event-log.ts'
import { EVENT_SCHEMAS } from '../events/event-schemas.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { Attempts } from '../reactors/attempts.ts'
import type { Reactor } from '../reactors/reactor.ts'
import { pause } from './pause.ts'
import type { ReactorLags } from './telemetry/reactor-lags.ts'

/** What bears on whether a member's archives are fetched. */
const FETCHING = [
  'CommunityAdded',
  'CommunityLeft',
  'CommunityPurged',
  'ArchivingEnabled',
  'ArchivingDisabled',
  'SeedingRequested',
  'SeedingWithdrawn',
  'ProtocolEnabled',
  'ProtocolDisabled',
  'NodeWentOnline',
  'NodeWentOffline',
] as const satisfies readonly EventType[]

/** Events after which a reactor may find something to do. */
const WAKES = {
  seeding: new Set<EventType>([
    'CommunityAdded',
    'CommunityLeft',
    'SettingsChanged',
    'ArchivingEnabled',
    'ArchivingDisabled',
    'ArchiveCreated',
    'ArchiveRepaired',
    'DownloadFinished',
    'ReactorRetried', // Of repairing too: damaged files are not tried while nobody mends them.
    'SeedingRequested',
    'SeedingWithdrawn',
    'SeedingStarted',
    'SeedingFailed',
    'Unseeded', // Where its files are damaged.
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
    'Unseeded', // Where its files are damaged.
    'ArchivesVerified',
    'ArchiveQuarantined',
    'DownloadFinished',
    'ProtocolEnabled',
    'ProtocolDisabled',
    'NodeWentOnline',
    'NodeWentOffline',
  ]),
  following: new Set<EventType>([...FETCHING, 'NodeFollowed', 'NodeUnfollowed']),
  downloading: new Set<EventType>([
    ...FETCHING,
    'SettingsChanged',
    'MagnetlinkReceived',
    'DownloadStarted',
    'DownloadCancelled',
    'TorrentClientUp',
  ]),
  importing: new Set<EventType>([
    ...FETCHING,
    'SettingsChanged',
    'DownloadFinished',
    'ImportStarted',
    'ArchiveRepaired',
  ]),
  sweeping: new Set<EventType>(['DownloadFinished', 'SeedingStarted', 'Unseeded']),
  bandwidth: new Set<EventType>(['SettingsChanged', 'CommunityForgotten']),
  publishing: new Set<EventType>(['MagnetlinkDispatched', 'SeedingStarted', 'TorrentClientUp']),
  'looking-up': new Set<EventType>([...FETCHING, 'MagnetlinkReceived', 'TorrentClientUp']),
  telling: new Set<EventType>(Object.keys(EVENT_SCHEMAS.current) as EventType[]), // All that there are.
} as const

/** The name of a reactor. */
export type ReactorName = keyof typeof WAKES

/** How long the log is left alone after it could not be read, in milliseconds. */
const FAULT_PAUSE_MS = 1_000

/** Reactors, and the attempts of those whose acts can fail, by name. */
export interface ReactorsByName {
  readonly reactors: Readonly<Partial<Record<ReactorName, Reactor>>>
  readonly attempts: Readonly<Partial<Record<ReactorName, Attempts>>>
}

export interface WakeReactorsOptions extends ReactorsByName {
  readonly log: Pick<EventLog, 'head' | 'tail'>
  readonly signal: AbortSignal
  /** Is told what is woken by what, where somebody measures it. */
  readonly lags?: Pick<ReactorLags, 'waking' | 'followed'>
  readonly onFault: (fault: unknown) => void
}

/**
 * Wakes reactors by the events that concern them, until `signal` aborts or the log is closed.
 *
 * A wish that changed gives what failed a new chance. When the log cannot be read, it is followed again from
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
        options.lags?.followed(after)
      }
      return
    } catch (fault) {
      onFault(fault)
      await pause(FAULT_PAUSE_MS, signal)
    }
  }
}

function wakeBy(recorded: Recorded, { reactors, attempts, lags }: WakeReactorsOptions): void {
  const { event } = recorded
  const communityId = 'communityId' in event ? event.communityId : null
  for (const [name, reactor] of Object.entries(reactors) as [ReactorName, Reactor][]) {
    // The goals of a reactor that finds nothing else to do in the event would wait out their time all the same.
    const isForgiven = isForgiving(name, recorded) && (attempts[name]?.forgive(communityId) ?? false)
    if (!(isForgiven || isNewChance(name, recorded) || WAKES[name].has(event.type))) continue
    lags?.waking(name, recorded.position)
    reactor.wake()
  }
}

/** What somebody wished anew is worth another try at once, and so is what became possible by the work of others. */
function isForgiving(name: ReactorName, recorded: Recorded): boolean {
  const { actor } = recorded
  // The schedule wishes the same again and again.
  const isWished = actor !== 'schedule' && !actor.startsWith('reactor:')
  return isWished || (actor !== `reactor:${name}` && isNewChance(name, recorded))
}

/** Whether what was given up is to be tried again, from now on. */
function isNewChance(name: ReactorName, { event }: Recorded): boolean {
  if (!('communityId' in event)) return false
  const retried = event.type === 'ReactorRetried' ? [event.data.reactor] : newChancesOf(event.type)
  return retried.some((reactor) => reactor === name)
}
