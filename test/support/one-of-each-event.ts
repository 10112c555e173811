import { defaultSettings, type CommunitySettings } from '../../src/domain/community-settings.ts'
import type { RunId } from '../../src/domain/archive.ts'
import type { DomainEvent, EventType } from '../../src/domain/events.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import * as facts from './community-facts.ts'
import * as member from './member-facts.ts'
import { webhookAdded, webhookRemoved } from './webhook-facts.ts'
import { tokenCreated, tokenRevoked } from './token-facts.ts'

const { COMMUNITY: communityId } = facts
const damage = {
  pieces: [{ from: 0, to: 3 }],
  pieceCount: 3,
  archives: [member.archiveId(1)],
  index: true,
  torrentFile: true,
}
const repaired = { part: 'ARCHIVE', archiveId: member.archiveId(1), pieces: 3, source: 'PEERS' } as const
const selection = { mode: 'RANGE', from: 0 as UnixSeconds, to: 86_400 as UnixSeconds } as const
const everySetting: CommunitySettings = {
  ...defaultSettings,
  quotaBytes: 2e9,
  uploadBytesPerSecond: 5e5,
  selection,
  publicMagnetlinks: true,
}
const failed = facts.archiveCreationFailed(1, 'DISK_FULL')
const checkpoint = {
  size: 1_200,
  root: 'ab'.repeat(32),
  link: 'cd'.repeat(32),
  publicKey: 'ef'.repeat(32),
  signature: '12'.repeat(64),
}

/** An event of each type, with all that it can say said: a type without one does not compile. */
export const ONE_OF_EACH: { readonly [Type in EventType]: Extract<DomainEvent, { readonly type: Type }> } = {
  CommunityAdded: facts.communityAdded(),
  CommunityLeft: facts.communityLeft,
  CommunityPurged: { type: 'CommunityPurged', communityId, data: {} },
  CommunityForgotten: { type: 'CommunityForgotten', communityId, data: {} },
  SettingsChanged: { type: 'SettingsChanged', communityId, data: everySetting },
  ContentTopicsChanged: facts.contentTopicsChanged(),
  ArchivingEnabled: facts.archivingEnabled,
  ArchivingDisabled: facts.archivingDisabled,
  ArchiveCreationStarted: facts.archiveCreationStarted(1),
  ArchiveCreated: facts.archiveCreated(1),
  NoArchiveCreated: facts.noArchiveCreated(1),
  ArchiveCreationFailed: { ...failed, data: { ...failed.data, numbers: { neededBytes: 3e9, freeBytes: 1e9 } } },
  SeedingRequested: facts.seedingRequested,
  SeedingWithdrawn: facts.seedingWithdrawn,
  SeedingStarted: facts.seedingStarted(1),
  SeedingFailed: facts.seedingFailed(1, 'FILES_MISSING'),
  Unseeded: facts.damaged(1, 'FILES_MISSING'),
  ArchivesVerified: {
    type: 'ArchivesVerified',
    communityId,
    data: { infoHash: facts.infoHash(1), pieces: 12, damage },
  },
  ArchiveRepaired: { type: 'ArchiveRepaired', communityId, data: { infoHash: facts.infoHash(1), ...repaired } },
  MagnetlinkDispatched: facts.magnetlinkDispatched(1, 1_000),
  NodeFollowed: member.nodeFollowed(member.URL_A, 'a1'.repeat(32)),
  NodeUnfollowed: member.nodeUnfollowed(member.URL_A),
  NodeKeyPinned: member.nodeKeyPinned(member.URL_A, 'a1'.repeat(32)),
  MagnetlinkReceived: member.magnetlinkReceived(1),
  MagnetlinkRefused: member.magnetlinkRefused('CLOCK_CONFLICT', 7),
  DownloadStarted: member.downloadStarted(1),
  ArchiveDownloaded: member.archiveDownloaded(1, 1),
  DownloadFinished: member.downloadFinished(1),
  DownloadFailed: member.downloadFailed(1, 'NO_PEERS'),
  DownloadCancelled: member.downloadCancelled(1, 'REQUESTED'),
  ImportStarted: member.importStarted(1),
  ArchiveImported: member.archiveImported(1, 1),
  ArchiveQuarantined: member.archiveQuarantined(1, 1, 'FOREIGN_TOPIC'),
  ImportFinished: member.importFinished(1, 1, 2),
  ImportUndone: member.importUndone(1, 1),
  ReactorParked: {
    type: 'ReactorParked',
    communityId,
    data: { reactor: 'seeding', code: 'NoArchiveYet', failures: 20 },
  },
  ReactorRetried: { type: 'ReactorRetried', communityId, data: { reactor: 'seeding' } },
  ReactorSkipped: { type: 'ReactorSkipped', communityId, data: { reactor: 'downloading' } },
  NodeStarted: {
    type: 'NodeStarted',
    data: { runId: 'r' as RunId, version: '1.2.3', lastSeenAt: 1_000 as UnixMillis },
  },
  NodeStopped: { type: 'NodeStopped', data: { runId: 'r' as RunId } },
  ProtocolEnabled: { type: 'ProtocolEnabled', data: {} },
  ProtocolDisabled: { type: 'ProtocolDisabled', data: {} },
  NodeWentOnline: { type: 'NodeWentOnline', data: {} },
  NodeWentOffline: { type: 'NodeWentOffline', data: {} },
  TorrentClientDown: { type: 'TorrentClientDown', data: { exitCode: null, signal: 'SIGKILL' } },
  TorrentClientUp: { type: 'TorrentClientUp', data: {} },
  CheckpointSigned: { type: 'CheckpointSigned', data: checkpoint },
  LogRestored: { type: 'LogRestored', data: { incarnation: 'r', clockFloor: 7 as Clock } },
  TokenCreated: tokenCreated(1, { communityIds: [communityId], expiresAt: 1_000 as UnixMillis }),
  TokenRevoked: tokenRevoked(1),
  WebhookAdded: webhookAdded(1, null),
  WebhookRemoved: webhookRemoved(1),
}
