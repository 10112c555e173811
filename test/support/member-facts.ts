import { PIECE_BYTES, type ArchiveId, type DownloadId, type FetchedArchive } from '../../src/domain/archive.ts'
import type { ImportId } from '../../src/domain/archive.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from '../../src/domain/failure-codes.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import { magnetUriOf, type Clock, type LinkProof } from '../../src/domain/magnet.ts'
import type * as Events from '../../src/domain/member-events.ts'
import { DEFAULT_SELECTION, type Selection } from '../../src/domain/selection.ts'
import {
  archivingEnabled,
  at,
  COMMUNITY as communityId,
  communityAdded,
  contentTopicsChanged,
  infoHash,
  seedingStarted,
} from './community-facts.ts'

/** A member's community that archives and knows of nothing yet. */
export const member: readonly CommunityEvent[] = [communityAdded('MEMBER'), contentTopicsChanged(), archivingEnabled]

export const URL_A = 'wss://a.example/graphql' as FollowUrl
export const URL_B = 'wss://b.example/graphql' as FollowUrl

/** A signature with the key that is the id of the community of all these facts; nobody checks it. */
export const PROOF: LinkProof = {
  publicKey: communityId.slice(2),
  signature: 'b2'.repeat(64),
  signedTextSha256: null,
}

/** The n-th download. */
export function downloadId(n: number): DownloadId {
  return `01890000-0000-7000-9000-${String(n).padStart(12, '0')}` as DownloadId
}

/** The n-th import. */
export function importId(n: number): ImportId {
  return `01890000-0000-7000-a000-${String(n).padStart(12, '0')}` as ImportId
}

/** The archive at the n-th piece of `data`. */
export function archiveId(n: number): ArchiveId {
  return `0x${String(n).padStart(64, '0')}` as ArchiveId
}

export function fetchedArchive(n: number): FetchedArchive {
  const bytes = { offset: (n - 1) * PIECE_BYTES, sizeBytes: PIECE_BYTES, paddingBytes: 7 }
  return { id: archiveId(n), from: at(n - 1), to: at(n), ...bytes }
}

/** The link to torrent n, whose clock is n unless it is told again. */
export function linkOf(n: number, clock = n, trackers: readonly string[] = []) {
  return { clock: clock as Clock, infoHash: infoHash(n), magnetUri: magnetUriOf(infoHash(n), communityId, trackers) }
}

export function magnetlinkReceived(n: number, clock = n, trackers: readonly string[] = []): Events.MagnetlinkReceived {
  const data = { ...linkOf(n, clock, trackers), origin: { type: 'SUBMITTED' }, proof: PROOF } as const
  return { type: 'MagnetlinkReceived', communityId, data }
}
export function magnetlinkRefused(code: LinkRefusalCode, clock: number | null = null): Events.MagnetlinkRefused {
  return { type: 'MagnetlinkRefused', communityId, data: { code, clock: clock as Clock | null, origin: 'SUBMITTED' } }
}
export function nodeFollowed(url: FollowUrl, nodeKey: string | null = null): Events.NodeFollowed {
  return { type: 'NodeFollowed', communityId, data: { url, nodeKey } }
}
export function nodeUnfollowed(url: FollowUrl): Events.NodeUnfollowed {
  return { type: 'NodeUnfollowed', communityId, data: { url } }
}
export function nodeKeyPinned(url: FollowUrl, nodeKey: string): Events.NodeKeyPinned {
  return { type: 'NodeKeyPinned', communityId, data: { url, nodeKey } }
}

/** Download n, of the torrent n unless it is told otherwise. */
export function downloadStarted(
  n: number,
  link: Pick<Events.DownloadStarted['data'], 'clock' | 'infoHash' | 'magnetUri'> = linkOf(n),
  selection: Selection = DEFAULT_SELECTION,
): Events.DownloadStarted {
  return { type: 'DownloadStarted', communityId, data: { downloadId: downloadId(n), ...link, selection } }
}
export function archiveDownloaded(n: number, archive: number, generation = 1, torrent = n): Events.ArchiveDownloaded {
  const data = { downloadId: downloadId(n), infoHash: infoHash(torrent), generation, archive: fetchedArchive(archive) }
  return { type: 'ArchiveDownloaded', communityId, data }
}

/** What download n tells of its work: torrent n is n archives of one piece each. */
export function fetchedVersion(n: number, generation = 1, torrent = n) {
  const bytes = { dataBytes: torrent * PIECE_BYTES, indexBytes: 200 * torrent }
  return { downloadId: downloadId(n), generation, ...bytes, archives: torrent, heldArchives: torrent }
}
export function downloadFinished(n: number, generation = 1, torrent = n): Events.DownloadFinished {
  const { infoHash: hash, magnetUri } = linkOf(torrent)
  const data = { ...fetchedVersion(n, generation, torrent), infoHash: hash, magnetUri }
  return { type: 'DownloadFinished', communityId, data }
}
export function downloadFailed(n: number, code: DownloadFailureCode): Events.DownloadFailed {
  return { type: 'DownloadFailed', communityId, data: { downloadId: downloadId(n), code, numbers: {} } }
}
export function downloadCancelled(n: number, reason: Events.DownloadEnd): Events.DownloadCancelled {
  return { type: 'DownloadCancelled', communityId, data: { downloadId: downloadId(n), reason } }
}

/** Link n, and a download of it. */
export function fetching(n: number): readonly CommunityEvent[] {
  return [magnetlinkReceived(n), downloadStarted(n)]
}
/** Link n, and a download of it that fetched the n-th archive. */
export function fetched(n: number, generation = 1): readonly CommunityEvent[] {
  return [...fetching(n), archiveDownloaded(n, n, generation), downloadFinished(n, generation)]
}
/** The same, and that it is served. */
export function fetchedAndServed(n: number, generation = 1): readonly CommunityEvent[] {
  return [...fetched(n, generation), seedingStarted(n)]
}

/** Import n, of torrent n. */
export function importStarted(n: number, torrent = n): Events.ImportStarted {
  return { type: 'ImportStarted', communityId, data: { importId: importId(n), infoHash: infoHash(torrent) } }
}
export function archiveImported(n: number, archive: number): Events.ArchiveImported {
  const data = { importId: importId(n), archiveId: archiveId(archive), sha256: 'd4'.repeat(32) }
  return { type: 'ArchiveImported', communityId, data: { ...data, messages: 3, added: 2, removed: 1 } }
}
export function archiveQuarantined(n: number, archive: number, code: QuarantineCode): Events.ArchiveQuarantined {
  const data = { importId: importId(n), archiveId: archiveId(archive), code, numbers: {} }
  return { type: 'ArchiveQuarantined', communityId, data }
}
export function importFinished(n: number, imported: number, quarantined = 0): Events.ImportFinished {
  return { type: 'ImportFinished', communityId, data: { importId: importId(n), imported, quarantined } }
}
export function importUndone(n: number, restored = 1): Events.ImportUndone {
  return { type: 'ImportUndone', communityId, data: { importId: importId(n), restored } }
}
