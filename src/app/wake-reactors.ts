import { setTimeout } from 'node:timers/promises'
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
}

/** Events after which a reactor may find something to do. */
const WAKES: Readonly<Record<keyof ReactorsByName, ReadonlySet<EventType>>> = {
  seeding: new Set<EventType>([
    'CommunityAdded',
    'CommunityLeft',
    'ArchivingEnabled',
    'ArchivingDisabled',
    'ArchiveCreated',
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
  dispatching: new Set<EventType>(['CommunityAdded', 'ArchivingEnabled', 'SeedingRequested', 'SeedingStarted']),
  archiving: new Set<EventType>(['ArchiveCreationStarted', 'ArchiveCreationFailed', 'ProtocolDisabled']),
}

/** How long the log is left alone after it could not be read, in milliseconds. */
const FAULT_PAUSE_MS = 1_000

/**
 * Wakes reactors by the events that concern them, until `signal` aborts.
 *
 * A wish that changed gives what was given up a new chance. When the log cannot be read, it is followed again from where it
 * was left.
 */
export async function wakeReactors(
  log: Pick<EventLog, 'head' | 'tail'>,
  reactors: ReactorsByName,
  attempts: readonly Attempts[],
  signal: AbortSignal,
  onFault: (fault: unknown) => void,
): Promise<void> {
  let after = log.head()
  while (!signal.aborted) {
    try {
      for await (const recorded of log.tail(after, signal)) {
        after = recorded.position
        wakeBy(recorded, reactors, attempts)
      }
    } catch (fault) {
      onFault(fault)
      await setTimeout(FAULT_PAUSE_MS)
    }
  }
}

function wakeBy({ event, actor }: Recorded, reactors: ReactorsByName, attempts: readonly Attempts[]): void {
  if (!actor.startsWith('reactor:')) {
    for (const { forgive } of attempts) forgive('communityId' in event ? event.communityId : null)
  }
  for (const name of ['seeding', 'dispatching', 'archiving'] as const) {
    if (WAKES[name].has(event.type)) reactors[name].wake()
  }
}
