import type { CommunityEvent } from './events.ts'
import type { ParkableReactor } from './parking-events.ts'

/** Every reactor whose work for a community can be parked. */
export const PARKABLE_REACTORS: readonly ParkableReactor[] = [
  'seeding',
  'dispatching',
  'repairing',
  'downloading',
  'importing',
]

type CommunityEventType = CommunityEvent['type']

/**
 * By what was recorded: the reactors whose work for the community is worth another try, so that it is neither parked nor
 * skipped any longer. Wishes about the community, new versions of its archives, and what shows that its files are well.
 *
 * The one truth of that: the decider's state, the read model and the reactors all go by it.
 */
export const NEW_CHANCES: { readonly [Type in CommunityEventType]?: readonly ParkableReactor[] } = {
  CommunityAdded: PARKABLE_REACTORS,
  CommunityLeft: PARKABLE_REACTORS,
  CommunityPurged: PARKABLE_REACTORS,
  CommunityForgotten: PARKABLE_REACTORS,
  SettingsChanged: PARKABLE_REACTORS,
  ContentTopicsChanged: PARKABLE_REACTORS,
  ArchivingEnabled: PARKABLE_REACTORS,
  ArchivingDisabled: PARKABLE_REACTORS,
  SeedingRequested: PARKABLE_REACTORS,
  SeedingWithdrawn: PARKABLE_REACTORS,
  ArchiveCreated: PARKABLE_REACTORS,
  DownloadFinished: PARKABLE_REACTORS,
  // Files that are served are whole, whatever was wrong with them.
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

/** The reactors that an event gives a new chance; none for most. */
export function newChancesOf(type: CommunityEventType): readonly ParkableReactor[] {
  return NEW_CHANCES[type] ?? []
}
