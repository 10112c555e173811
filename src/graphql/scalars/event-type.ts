import type { EventType as Type } from '../../domain/events.ts'
import { builder } from '../builder.ts'

const values: { readonly [Each in Type]: { readonly description: string } } = {
  CommunityAdded: { description: 'This node takes part in the community, in this role.' },
  CommunityLeft: { description: 'It no longer does.' },
  CommunityPurged: { description: 'The files of its archives are gone.' },
  SettingsChanged: { description: 'What an operator chose for the community, from here on.' },
  ContentTopicsChanged: { description: 'The ordered topics whose messages belong to the community.' },
  ArchivingEnabled: { description: 'The community opted in to archives.' },
  ArchivingDisabled: { description: 'The community opted out.' },
  ArchiveCreationStarted: { description: 'A run over a range of messages began.' },
  ArchiveCreated: { description: 'The messages of the range were packed, and late ones.' },
  NoArchiveCreated: { description: 'The run found no message in its range, and no late one.' },
  ArchiveCreationFailed: { description: 'The run ended without an archive.' },
  SeedingRequested: { description: "An operator wants the community's archives seeded." },
  SeedingWithdrawn: { description: 'An operator wants nothing of the community seeded.' },
  SeedingStarted: { description: 'The torrent client serves the torrent.' },
  SeedingFailed: { description: 'The torrent client cannot serve the torrent.' },
  ArchivesVerified: { description: 'The files of a version were checked piece by piece.' },
  ArchiveRepaired: { description: 'A damaged part of a version is again what was recorded.' },
  Unseeded: { description: 'The torrent client no longer serves the torrent.' },
  MagnetlinkDispatched: { description: 'The control node told the community where the archives are.' },
  NodeStarted: { description: 'A process began to run.' },
  NodeStopped: { description: 'The process said goodbye.' },
  ProtocolEnabled: { description: 'Archiving was switched on for the whole node.' },
  ProtocolDisabled: { description: 'Archiving was switched off for the whole node.' },
  NodeWentOnline: { description: 'The node may use the network.' },
  NodeWentOffline: { description: 'The node may not use the network.' },
  TorrentClientDown: { description: "The torrent client's process is gone." },
  TorrentClientUp: { description: "The torrent client's process is back." },
}

/** The types of recorded events. */
export const EventType = builder.enumType('EventType', { description: 'What a recorded event says.', values })
