import type { RecordArchiveRepaired, RecordArchivesVerified } from './commands.ts'
import { wantedTorrents, type Decision, type KnownCommunity } from './community.ts'
import { recordSeedingFailed } from './decide-seeding.ts'
import type { CommunityEvent } from './events.ts'
import { isDamage } from './failure-codes.ts'
import type { InfoHash } from './info-hash.ts'
import { err, ok } from './result.ts'

/** What is damaged is not served: that is told first, and once. */
export function recordArchivesVerified(command: RecordArchivesVerified, community: KnownCommunity): Decision {
  const { communityId, infoHash, pieces, damage } = command
  if (!hasPart(infoHash, community)) return err({ type: 'TorrentNotKept', infoHash })
  const verified: CommunityEvent = { type: 'ArchivesVerified', communityId, data: { infoHash, pieces, damage } }
  const known = community.torrents.failed.get(infoHash)
  const isNews = damage !== null && (known === undefined || !isDamage(known))
  if (!isNews || !wantedTorrents(community).includes(infoHash)) return ok([verified])
  const failed = { type: 'RecordSeedingFailed', communityId, infoHash, code: 'PIECES_DAMAGED' } as const
  const decided = recordSeedingFailed(failed, community)
  return decided.ok ? ok([...decided.value, verified]) : decided
}

export function recordArchiveRepaired(command: RecordArchiveRepaired, community: KnownCommunity): Decision {
  const { communityId, infoHash, part, archiveId, pieces, source } = command
  if (!hasPart(infoHash, community)) return err({ type: 'TorrentNotKept', infoHash })
  return ok([{ type: 'ArchiveRepaired', communityId, data: { infoHash, part, archiveId, pieces, source } }])
}

/** Only the files of these are checked: a version that was replaced has none of its own to keep. */
function hasPart(infoHash: InfoHash, { torrents: { newest, current, retiring } }: KnownCommunity): boolean {
  return [newest, current, retiring].includes(infoHash)
}
