import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { DownloadEvidence, Evidence, KnownEvidence } from '../domain/evidence.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { DownloadProgress, MemberReader } from '../graphql/members.ts'
import { readCommunity } from '../projections/communities.ts'
import { readLastDownloads, type DownloadRow } from '../projections/downloads.ts'
import { readFollows } from '../projections/follows.ts'
import { readNode } from '../projections/nodes.ts'
import { readParkedOf } from '../projections/parked.ts'
import { readArchiveTotals, readNamedArchives } from '../projections/read-archive-totals.ts'
import type { ReadModels } from '../projections/read-models.ts'
import { readReceivedLinks, readRefusedLinks } from '../projections/received-links.ts'
import { readNewestVersion } from '../projections/versions.ts'

export interface DiagnosisPorts extends Pick<MemberReader, 'followState' | 'refusedLinks' | 'downloadProgress'> {
  readonly db: Kysely<ReadModels>
  readonly now: () => UnixMillis
}

/** Gathers all that is known of why the history of a community may be missing. */
export function createEvidenceReader(ports: DiagnosisPorts): MemberReader['readEvidence'] {
  const { db, now, downloadProgress } = ports
  return async (communityId): Promise<Evidence> => {
    const community = await readCommunity(db, communityId)
    if (community === null) return { status: 'UNKNOWN' }
    const { protocol, network } = await readNode(db)
    const { status, role, archiving, seeding, failedRuns } = community
    const [download = null] = await readLastDownloads(db, [communityId])
    const { upTo, ...counts } = await readArchiveTotals(db, communityId)
    const told = await readLinks(communityId, ports)
    const named = told.link && (await readNamedArchives(db, communityId, told.link.infoHash))
    const parked = await readParkedOf(db, [communityId])
    return {
      status,
      role,
      archiving,
      seeding,
      failedRuns,
      protocol,
      network,
      now: now(),
      archivedUpTo: role === 'CONTROL_NODE' ? community.archivedUpTo : upTo,
      download: download && downloadEvidence(download, downloadProgress(communityId)),
      archives: { named, ...counts },
      parked: parked.map(({ reactor, code, failures, since }) => ({ reactor, code, failures, since })),
      ...told,
    }
  }
}

async function readLinks(
  communityId: CommunityId,
  { db, followState, refusedLinks }: DiagnosisPorts,
): Promise<Pick<KnownEvidence, 'link' | 'refusedLinks' | 'follows'>> {
  const [link = null] = await readReceivedLinks(db, [communityId])
  const refused = await readRefusedLinks(db, [communityId])
  const follows = await readFollows(db, [communityId])
  const packed = await readNewestVersion(db, communityId)
  return {
    link: link && { ...link, origin: link.origin.type, isPacked: packed?.infoHash === link.infoHash },
    refusedLinks: refused.map(({ code, firstAt }) => ({ code, firstAt, count: refusedLinks(communityId, code) })),
    follows: follows.map(({ url }) => {
      const state = followState(communityId, url)
      const isConnected = state?.status === 'CONNECTED'
      const { code, nextTryAt } = state?.status === 'WAITING' ? state : NOTHING_KNOWN
      return { url, isConnected, code, nextTryAt }
    }),
  }
}

const NOTHING_KNOWN = { code: null, nextTryAt: null } as const

/** Null for what gave way to another, or ended with leaving: that begins anew of itself. */
function downloadEvidence(download: DownloadRow, progress: DownloadProgress | null): DownloadEvidence | null {
  const { infoHash, status, reason, selection, failure, startedAt, endedAt } = download
  if (reason !== null && reason !== 'REQUESTED') return null
  const told = failure && { code: failure.code, numbers: failure.numbers, since: failure.at }
  return { infoHash, status, selection, failure: told, startedAt, endedAt, progress }
}
