import type { EventType } from '../domain/events.ts'

/** The parsed data of an event, as some version of the program wrote it. */
export type EventData = Readonly<Record<string, unknown>>

/** Turns the data of one schema version into that of the next. Pure. */
export type Upcaster = (data: EventData) => EventData

/** How events are written now, and how older ones are brought to that shape when they are read. */
export interface EventSchemas {
  /** The version that is written. */
  readonly current: Readonly<Record<EventType, number>>
  /** By type, then by the version that is read: the step to the next version. */
  readonly upcasters: { readonly [Type in EventType]?: Readonly<Record<number, Upcaster>> }
}

/** The schemas of this program. Raising a version needs the upcaster that leads to it. */
export const EVENT_SCHEMAS: EventSchemas = {
  current: {
    CommunityAdded: 1,
    CommunityLeft: 1,
    CommunityPurged: 1,
    CommunityForgotten: 1,
    SettingsChanged: 1,
    ContentTopicsChanged: 1,
    ArchivingEnabled: 1,
    ArchivingDisabled: 1,
    ArchiveCreationStarted: 1,
    ArchiveCreated: 1,
    NoArchiveCreated: 1,
    ArchiveCreationFailed: 1,
    SeedingRequested: 1,
    SeedingWithdrawn: 1,
    SeedingStarted: 1,
    SeedingFailed: 1,
    Unseeded: 1,
    ArchivesVerified: 1,
    ArchiveRepaired: 1,
    MagnetlinkDispatched: 1,
    NodeFollowed: 1,
    NodeUnfollowed: 1,
    NodeKeyPinned: 1,
    MagnetlinkReceived: 1,
    MagnetlinkRefused: 1,
    DownloadStarted: 1,
    ArchiveDownloaded: 1,
    DownloadFinished: 1,
    DownloadFailed: 1,
    DownloadCancelled: 1,
    ImportStarted: 1,
    ArchiveImported: 1,
    ArchiveQuarantined: 1,
    ImportFinished: 1,
    ImportUndone: 1,
    ReactorParked: 1,
    ReactorRetried: 1,
    ReactorSkipped: 1,
    NodeStarted: 1,
    NodeStopped: 1,
    ProtocolEnabled: 1,
    ProtocolDisabled: 1,
    NodeWentOnline: 1,
    NodeWentOffline: 1,
    TorrentClientDown: 1,
    TorrentClientUp: 1,
    CheckpointSigned: 1,
    LogRestored: 1,
    TokenCreated: 1,
    TokenRevoked: 1,
    WebhookAdded: 1,
    WebhookRemoved: 1,
  },
  upcasters: {},
}
