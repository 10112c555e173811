import type { CommunityEvent } from '../../src/domain/events.ts'

/** Events that concern one kind of work alone, or two; what is not named here concerns all of it, or none. */
const CONCERNS: Readonly<Record<string, readonly string[]>> = {
  SeedingStarted: ['seeding', 'repairing'],
  ArchivesVerified: ['seeding', 'repairing'],
  ArchiveRepaired: ['seeding', 'dispatching', 'downloading', 'importing'],
  MagnetlinkDispatched: ['dispatching'],
  NodeFollowed: ['downloading'],
  NodeUnfollowed: ['downloading'],
  MagnetlinkReceived: ['downloading', 'importing'],
  DownloadStarted: ['downloading', 'importing'],
  DownloadCancelled: ['downloading'],
  ImportStarted: ['importing'],
  ImportUndone: ['importing'],
}

const CONCERN_ALL: ReadonlySet<string> = new Set([
  'CommunityAdded',
  'CommunityLeft',
  'CommunityPurged',
  'CommunityForgotten',
  'SettingsChanged',
  'ContentTopicsChanged',
  'ArchivingEnabled',
  'ArchivingDisabled',
  'SeedingRequested',
  'SeedingWithdrawn',
  'ArchiveCreated',
  'DownloadFinished',
])

interface ParkingPast {
  readonly parked: Set<string>
  readonly skipped: Set<string>
}

/** Takes one more event in, told without the domain's own list of what gives a new chance. */
export function rememberParking({ parked, skipped }: ParkingPast, event: CommunityEvent): void {
  const forget = (reactors: Iterable<string>): void => {
    for (const reactor of reactors) for (const left of [parked, skipped]) left.delete(reactor)
  }
  switch (event.type) {
    case 'ReactorParked':
      parked.add(event.data.reactor)
      break
    case 'ReactorRetried':
      forget([event.data.reactor])
      break
    case 'ReactorSkipped':
      forget([event.data.reactor])
      skipped.add(event.data.reactor)
      break
    default:
      forget(CONCERN_ALL.has(event.type) ? [...parked, ...skipped] : (CONCERNS[event.type] ?? []))
  }
}

/** Rule 9 for what is parked: each is told once, and only what was given up is retried or skipped. */
export function brokenParking(event: CommunityEvent, { parked, skipped }: ParkingPast): string | null {
  switch (event.type) {
    case 'ReactorParked':
      return parked.has(event.data.reactor) || skipped.has(event.data.reactor) ? 'is given up already' : null
    case 'ReactorRetried':
      return parked.has(event.data.reactor) || skipped.has(event.data.reactor) ? null : 'was not given up'
    case 'ReactorSkipped':
      return parked.has(event.data.reactor) ? null : 'is not parked'
    default:
      return null
  }
}
