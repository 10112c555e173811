import type { CommunityId } from '../../src/domain/community-id.ts'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import type { Damage } from '../../src/domain/damage.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import * as facts from './community-facts.ts'

/** A community that the history only mentions. */
export const OTHER = `0x${'0e'.repeat(32)}` as CommunityId

/** What the log of the history is called once it was brought back. */
export const INCARNATION = '11111111-1111-4111-8111-111111111111'

const { COMMUNITY } = facts
const [archive] = facts.packed(1).archives

const damage: Damage = {
  pieces: [{ from: 0, to: 1 }],
  pieceCount: 1,
  archives: archive === undefined ? [] : [archive.id],
  index: true,
  torrentFile: false,
}
const repaired = { part: 'ARCHIVE', archiveId: archive?.id ?? null, pieces: 1, source: 'MESSAGES' } as const

/** One of each signal, with events between that are none, and of another community. */
export const history: readonly DomainEvent[] = [
  ...facts.ready,
  { type: 'CommunityAdded', communityId: OTHER, data: { role: 'MEMBER' } },
  ...facts.served(1),
  facts.magnetlinkDispatched(1, 1000),
  { type: 'ProtocolDisabled', data: {} },
  facts.unseeded(1, 'PROTOCOL_DISABLED'),
  { type: 'ProtocolEnabled', data: {} },
  { type: 'NodeWentOffline', data: {} },
  facts.seedingFailed(1, 'FILES_MISSING'),
  { type: 'ArchivesVerified', communityId: COMMUNITY, data: { infoHash: facts.infoHash(1), pieces: 2, damage } },
  { type: 'ArchiveRepaired', communityId: COMMUNITY, data: { infoHash: facts.infoHash(1), ...repaired } },
  { type: 'SettingsChanged', communityId: COMMUNITY, data: { ...defaultSettings, quotaBytes: 2 ** 40 } },
  facts.archiveCreationStarted(2),
  facts.noArchiveCreated(2),
  facts.archiveCreationStarted(3),
  facts.archiveCreationFailed(3, 'DISK_FULL'),
  { type: 'TorrentClientDown', data: { exitCode: null, signal: 'SIGKILL' } },
  { type: 'TorrentClientUp', data: {} },
  facts.seedingWithdrawn,
  facts.archivingDisabled,
  facts.communityLeft,
  { type: 'LogRestored', data: { incarnation: INCARNATION, clockFloor: 2000 as Clock } },
  { type: 'CommunityForgotten', communityId: COMMUNITY, data: {} },
  { type: 'CommunityPurged', communityId: COMMUNITY, data: {} },
]

/** What clients are told of it, in order. */
export const told: readonly string[] = [
  'CommunityAdded',
  'ArchivingEnabled',
  'CommunityAdded',
  'CreatingHistoryArchives',
  'HistoryArchivesCreated',
  'HistoryArchivesSeeding',
  'MagnetlinkDispatched',
  'HistoryArchivesProtocolDisabled',
  'HistoryArchivesUnseeded',
  'HistoryArchivesProtocolEnabled',
  'SeedingFailed',
  'ArchivesVerified',
  'ArchiveRepaired',
  'SettingsChanged',
  'CreatingHistoryArchives',
  'NoHistoryArchivesCreated',
  'CreatingHistoryArchives',
  'ArchiveCreationFailed',
  'TorrentClientDown',
  'TorrentClientUp',
  'ArchivingDisabled',
  'CommunityLeft',
  'LogRestored',
  'CommunityForgotten',
  'CommunityPurged',
]
