import type { EventType } from '../domain/events.ts'
import type { EventLog } from '../events/event-log.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { Attempts } from '../reactors/attempts.ts'
import type { Reactor } from '../reactors/reactor.ts'

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
  publishing: new Set<EventType>(['MagnetlinkDispatched', 'SeedingStarted', 'TorrentClientUp']),
  lookingUp: new Set<EventType>([...FETCHING, 'MagnetlinkReceived', 'TorrentClientUp']),
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

function wakeBy(recorded: Recorded, { reactors, attempts }: WakeReactorsOptions): void {
  const { event } = recorded
  const communityId = 'communityId' in event ? event.communityId : null
  for (const [name, reactor] of Object.entries(reactors) as [ReactorName, Reactor][]) {
    // The goals of a reactor that finds nothing else to do in the event would wait out their time all the same.
    const isForgiven = isNewChance(name, recorded) && (attempts[name]?.forgive(communityId) ?? false)
    if (isForgiven || WAKES[name].has(event.type)) reactor.wake()
  }
}

/** What somebody wished anew is worth another try, and so is what became possible. */
function isNewChance(name: ReactorName, { event: { type }, actor }: Recorded): boolean {
  const isWish = !actor.startsWith('reactor:')
  // Files that are served are whole, whatever was wrong with them.
  return isWish || type === (name === 'repairing' ? 'SeedingStarted' : 'ArchiveRepaired')
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
