import type {
  RecordSeedingFailed,
  RecordSeedingStarted,
  RecordUnseeded,
  RequestSeeding,
  WithdrawSeeding,
} from './commands.ts'
import { wantedTorrents, type Decision, type KnownCommunity } from './community.ts'
import { isDamage } from './failure-codes.ts'
import { err, ok } from './result.ts'

export function requestSeeding({ communityId }: RequestSeeding, community: KnownCommunity): Decision {
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  if (community.archiving === 'DISABLED') return err({ type: 'ArchivingIsDisabled' })
  if (community.seeding === 'WITHDRAWN') return ok([{ type: 'SeedingRequested', communityId, data: {} }])
  return community.torrents.newest === null ? err({ type: 'NoArchiveYet' }) : ok([])
}

export function withdrawSeeding({ communityId }: WithdrawSeeding, community: KnownCommunity): Decision {
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  return ok(community.seeding === 'WITHDRAWN' ? [] : [{ type: 'SeedingWithdrawn', communityId, data: {} }])
}

export function recordSeedingStarted(command: RecordSeedingStarted, community: KnownCommunity): Decision {
  const { communityId, infoHash } = command
  if (!wantedTorrents(community).includes(infoHash)) return err({ type: 'SeedingNotWanted', infoHash })
  const { newest, current, served } = community.torrents
  // A torrent of before that is the newest again may be served still: it becomes the current one all the same.
  const isCurrent = infoHash !== newest || infoHash === current
  if (served.has(infoHash) && isCurrent) return ok([])
  return ok([{ type: 'SeedingStarted', communityId, data: { infoHash } }])
}

/** A torrent that was served and is damaged has stopped being served, for that: one event tells both. */
export function recordSeedingFailed(command: RecordSeedingFailed, community: KnownCommunity): Decision {
  const { communityId, infoHash, code } = command
  if (!wantedTorrents(community).includes(infoHash)) return err({ type: 'SeedingNotWanted', infoHash })
  const { served, failed } = community.torrents
  if (failed.get(infoHash) === code) return ok([])
  return served.has(infoHash) && isDamage(code)
    ? ok([{ type: 'Unseeded', communityId, data: { infoHash, reason: 'DAMAGED', code } }])
    : ok([{ type: 'SeedingFailed', communityId, data: { infoHash, code } }])
}

export function recordUnseeded(command: RecordUnseeded, community: KnownCommunity): Decision {
  const { communityId, infoHash, reason } = command
  const { current, served } = community.torrents
  if (!served.has(infoHash)) return ok([])
  // What is served was `current` once, and only a served successor moves that on.
  if (reason === 'REPLACED' && infoHash === current) return err({ type: 'TorrentNotReplaced', infoHash })
  return ok([{ type: 'Unseeded', communityId, data: { infoHash, reason, code: null } }])
}
