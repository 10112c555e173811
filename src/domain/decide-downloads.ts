import type { DownloadId, FetchedArchive } from './archive.ts'
import type { CommunityId } from './community-id.ts'
import type { Decision, KnownCommunity } from './community.ts'
import { barToMembership } from './decide-links.ts'
import type { CommunityEvent } from './events.ts'
import type {
  CancelDownload,
  RecordArchivesDownloaded,
  RecordDownloadFailed,
  RecordDownloadFinished,
  StartDownload,
} from './member-commands.ts'
import type { DownloadEnd } from './member-events.ts'
import type { DownloadNotActive, GenerationClosed, NotMember } from './member-refusals.ts'
import type { Download, Membership } from './member.ts'
import type { ArchivingIsDisabled, CommunityWasLeft, ProtocolIsDisabled, SeedingIsWithdrawn } from './refusals.ts'
import { err, ok, type Result } from './result.ts'
import { valueIn } from './shared-map.ts'
import { areSameSelections, checkSelection, DEFAULT_SELECTION } from './selection.ts'

/** What bars all fetching and importing of a community; null when nothing does. */
export function barToFetching(
  community: Pick<KnownCommunity, 'status' | 'role' | 'archiving' | 'seeding'>,
  protocolEnabled: boolean,
): CommunityWasLeft | NotMember | ProtocolIsDisabled | ArchivingIsDisabled | SeedingIsWithdrawn | null {
  const bar = barToMembership(community)
  if (bar !== null) return bar
  if (!protocolEnabled) return { type: 'ProtocolIsDisabled' }
  if (community.archiving === 'DISABLED') return { type: 'ArchivingIsDisabled' }
  return community.seeding === 'WITHDRAWN' ? { type: 'SeedingIsWithdrawn' } : null
}

/** Begins to fetch the newest link's torrent. What still fetches an older one, or another part, ends. */
export function startDownload(command: StartDownload, community: KnownCommunity): Decision {
  const { communityId, downloadId, occasion, protocolEnabled } = command
  const bar = barToFetching(community, protocolEnabled)
  if (bar !== null) return err(bar)
  const { link, download } = community.membership
  if (link === null) return err({ type: 'NoLinkYet' })
  const selection = command.selection ?? community.settings.selection ?? DEFAULT_SELECTION
  const checked = checkSelection(selection)
  if (!checked.ok) return checked
  // Other trackers may be what it lacks, so another link to the same torrent begins anew: what was fetched is kept.
  const isUnderWay = download?.magnetUri === link.magnetUri
  const isGranted = isUnderWay
    ? occasion === 'LINK' || areSameSelections(download.selection, selection)
    : occasion === 'LINK' && community.membership.dealtWith === link.infoHash
  if (isGranted) return ok([])
  const started: CommunityEvent = { type: 'DownloadStarted', communityId, data: { downloadId, ...link, selection } }
  return ok([...endDownload(communityId, community.membership, 'SUPERSEDED'), started])
}

export function cancelDownload({ communityId }: CancelDownload, community: KnownCommunity): Decision {
  const bar = barToMembership(community)
  return bar === null ? ok(endDownload(communityId, community.membership, 'REQUESTED')) : err(bar)
}

/** What ends a download that is under way, if there is one. */
export function endDownload(
  communityId: CommunityId,
  { download }: Membership,
  reason: DownloadEnd,
): readonly CommunityEvent[] {
  if (download === null) return []
  return [{ type: 'DownloadCancelled', communityId, data: { downloadId: download.downloadId, reason } }]
}

/** One event an archive and generation, however often it is told. */
export function recordArchivesDownloaded(command: RecordArchivesDownloaded, community: KnownCommunity): Decision {
  const { communityId, downloadId, generation, archives } = command
  const active = activeDownload(downloadId, community)
  if (!active.ok) return active
  const closed = barToGeneration(generation, community)
  if (closed !== null) return err(closed)
  const { infoHash } = active.value
  const once = new Map(archives.map((archive) => [archive.id, archive]))
  const isNews = ({ id }: FetchedArchive): boolean =>
    valueIn(community.membership.archives, id)?.generation !== generation
  const downloaded = [...once.values()].filter(isNews).map((archive) => ({ downloadId, infoHash, generation, archive }))
  return ok(downloaded.map((data) => ({ type: 'ArchiveDownloaded', communityId, data })))
}

/** A torrent of before that is served still is the current one again at once. */
export function recordDownloadFinished(command: RecordDownloadFinished, community: KnownCommunity): Decision {
  const { communityId, download } = command
  const active = activeDownload(download.downloadId, community)
  if (!active.ok) return active
  const closed = barToGeneration(download.generation, community)
  if (closed !== null) return err(closed)
  const { infoHash, magnetUri } = active.value
  const finished: CommunityEvent = {
    type: 'DownloadFinished',
    communityId,
    data: { ...download, infoHash, magnetUri },
  }
  const { current, served } = community.torrents
  const isBack = served.has(infoHash) && infoHash !== current && barToFetching(community, true) === null
  return ok(isBack ? [finished, { type: 'SeedingStarted', communityId, data: { infoHash } }] : [finished])
}

/** Versions of what this node packed may still be served, and nobody noted down which pieces of it are there. */
function barToGeneration(generation: number, { generations }: KnownCommunity): GenerationClosed | null {
  return generations.packed.has(generation) ? { type: 'GenerationClosed', generation } : null
}

export function recordDownloadFailed(command: RecordDownloadFailed, community: KnownCommunity): Decision {
  const { communityId, downloadId, code, numbers } = command
  const active = activeDownload(downloadId, community)
  if (!active.ok) return active
  if (active.value.failure === code) return ok([])
  return ok([{ type: 'DownloadFailed', communityId, data: { downloadId, code, numbers } }])
}

function activeDownload(
  downloadId: DownloadId,
  { membership: { download } }: KnownCommunity,
): Result<Download, DownloadNotActive> {
  return download !== null && download.downloadId === downloadId
    ? ok(download)
    : err({ type: 'DownloadNotActive', downloadId })
}
