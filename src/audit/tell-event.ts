import type {
  ArchiveCreated,
  ArchiveRepaired,
  ArchivesVerified,
  CommunityEvent,
  DomainEvent,
  Unseeded,
  UnseededReason,
} from '../domain/events.ts'
import type { RepairSource } from '../domain/damage.ts'
import type { MemberEvent } from '../domain/member-events.ts'
import type { ParkingEvent } from '../domain/parking-events.ts'
import { shortId, tellBytes, tellCount, tellNumber, type TimeWords } from './in-words.ts'
import { tellCode, tellNumbers } from './tell-code.ts'
import { tellMemberEvent } from './tell-member-event.ts'
import { tellNodeEvent } from './tell-node-event.ts'
import { tellSettings } from './tell-settings.ts'

const REASONS: Readonly<Record<UnseededReason, string>> = {
  REPLACED: 'a newer one took its place',
  LEFT: 'the community was left',
  DISABLED: 'archiving is off',
  PROTOCOL_DISABLED: 'archiving is off for all communities',
  OFFLINE: 'the node is offline',
  REQUESTED: 'as was asked for',
  DAMAGED: 'its files are damaged',
}

const SOURCES: Readonly<Record<RepairSource, string>> = {
  MESSAGES: 'the recorded messages',
  PEERS: 'others who have it',
  LOG: 'this log',
}

/**
 * What happened, in one sentence without its subject: who did it, and when, is told beside it.
 *
 * Pure; each event has words, or this does not compile. Ids are shortened, numbers have units.
 *
 * @example tellEvent(archiveCreated, createTimeWords('utc'))
 *   // 'packed 1,200 messages of 2025-09-01 to 2025-09-08 into 1 archive, 1.2 MB; torrent 3fa9c1d2…'
 */
export function tellEvent(event: DomainEvent, times: TimeWords): string {
  return 'communityId' in event ? tellCommunityEvent(event, times) : tellNodeEvent(event, times)
}

function tellCommunityEvent(event: CommunityEvent, times: TimeWords): string {
  switch (event.type) {
    case 'CommunityAdded':
      return event.data.role === 'CONTROL_NODE'
        ? 'added the community: this node packs and announces its history'
        : 'added the community: this node fetches its history from others'
    case 'CommunityLeft':
      return 'left the community; its files are kept'
    case 'CommunityPurged':
      return "deleted the community's archives from the disk"
    case 'CommunityForgotten':
      return "erased the community's messages, keys and names from this node"
    case 'SettingsChanged':
      return `changed the settings: ${tellSettings(event.data, times)}`
    case 'ContentTopicsChanged':
      return `set the topics of the community: ${event.data.contentTopics.join(', ') || 'none'}`
    case 'ArchivingEnabled':
      return 'switched archiving on for the community'
    case 'ArchivingDisabled':
      return 'switched archiving off for the community'
    case 'SeedingRequested':
      return "asked for the community's archives to be seeded"
    case 'SeedingWithdrawn':
      return "asked for the community's archives not to be seeded"
    default:
      return tellWork(event, times)
  }
}

type Told<Type extends CommunityEvent['type']> = Extract<CommunityEvent, { readonly type: Type }>
type RunEvent = Told<'ArchiveCreationStarted' | 'ArchiveCreated' | 'NoArchiveCreated' | 'ArchiveCreationFailed'>
type TorrentEvent = Told<
  'SeedingStarted' | 'SeedingFailed' | 'Unseeded' | 'ArchivesVerified' | 'ArchiveRepaired' | 'MagnetlinkDispatched'
>

function tellWork(event: TorrentEvent | ParkingEvent | RunEvent | MemberEvent, times: TimeWords): string {
  switch (event.type) {
    case 'MagnetlinkDispatched':
      return `announced torrent ${shortId(event.data.infoHash)} to the community`
    case 'SeedingStarted':
      return `began to seed torrent ${shortId(event.data.infoHash)}`
    case 'SeedingFailed':
      return `could not seed torrent ${shortId(event.data.infoHash)}: ${tellCode(event.data.code)}`
    case 'Unseeded':
      return tellUnseeded(event.data)
    case 'ArchivesVerified':
      return tellVerified(event.data)
    case 'ArchiveRepaired':
      return tellRepaired(event.data)
    case 'ReactorParked': {
      const { reactor, code, failures } = event.data
      return `gave up ${reactor} for now, after ${tellCount(failures, 'failure')}: ${tellCode(code)}`
    }
    case 'ReactorRetried':
      return `asked for ${event.data.reactor} to be tried again`
    case 'ReactorSkipped':
      return `asked for ${event.data.reactor} to be left undone`
    default:
      return tellRunOrMemberEvent(event, times)
  }
}

function tellRunOrMemberEvent(event: RunEvent | MemberEvent, times: TimeWords): string {
  switch (event.type) {
    case 'ArchiveCreationStarted':
      return `began to pack ${messagesOf(event.data, times)}`
    case 'ArchiveCreated':
      return tellCreated(event.data, times)
    case 'NoArchiveCreated':
      return `found nothing to pack: no ${messagesOf(event.data, times)}`
    case 'ArchiveCreationFailed':
      return `packed nothing: ${tellCode(event.data.code)}${tellNumbers(event.data.numbers)}`
    default:
      return tellMemberEvent(event, times)
  }
}

/** A run of late messages alone ends where it begins. */
function messagesOf(
  { from, to }: { readonly from: number; readonly to: number },
  { range }: TimeWords,
  messages = 'messages',
): string {
  return from === to ? `${messages} that came in late` : `${messages} of ${range(from, to)}`
}

function tellCreated({ from, to, archives, infoHash }: ArchiveCreated['data'], times: TimeWords): string {
  let [messages, bytes] = [0, 0]
  for (const archive of archives) {
    messages += archive.messages
    bytes += archive.rawBytes
  }
  const what = messagesOf({ from, to }, times, tellCount(messages, 'message'))
  return `packed ${what} into ${tellCount(archives.length, 'archive')}, ${tellBytes(bytes)}; torrent ${shortId(infoHash)}`
}

function tellUnseeded({ infoHash, reason, code }: Unseeded['data']): string {
  const damage = code === null ? '' : ` (${tellCode(code)})`
  return `stopped seeding torrent ${shortId(infoHash)}: ${REASONS[reason]}${damage}`
}

function tellVerified({ infoHash, pieces, damage }: ArchivesVerified['data']): string {
  const torrent = shortId(infoHash)
  if (damage === null) return `checked the files of torrent ${torrent}: ${tellCount(pieces, 'piece')}, all whole`
  const { pieceCount, archives, index, torrentFile } = damage
  const parts = [
    `${tellNumber(pieceCount)} of ${tellCount(pieces, 'piece')}`,
    ...(archives.length === 0 ? [] : [tellCount(archives.length, 'archive')]),
    ...(index ? ['the list of archives'] : []),
    ...(torrentFile ? ['the torrent file'] : []),
  ]
  return `found damage in the files of torrent ${torrent}: ${parts.join(', ')}`
}

function tellRepaired({ infoHash, part, archiveId, pieces, source }: ArchiveRepaired['data']): string {
  const what = archiveId === null ? PARTS[part] : `archive ${shortId(archiveId)}`
  return `repaired ${what} of torrent ${shortId(infoHash)} from ${SOURCES[source]}: ${tellCount(pieces, 'piece')}`
}

const PARTS: Readonly<Record<ArchiveRepaired['data']['part'], string>> = {
  ARCHIVE: 'an archive',
  INDEX: 'the list of archives',
  TORRENT_FILE: 'the torrent file',
}
