import type { DispatchMagnetlink } from './commands.ts'
import type { Decision, KnownCommunity } from './community.ts'
import type { ArchivingIsDisabled, CommunityWasLeft, NotControlNode, SeedingIsWithdrawn } from './refusals.ts'
import { err, ok } from './result.ts'

/** What bars every dispatch of a community, whatever the torrent; null when nothing does. */
export function barToDispatching({
  status,
  role,
  archiving,
  seeding,
}: Pick<KnownCommunity, 'status' | 'role' | 'archiving' | 'seeding'>):
  CommunityWasLeft | NotControlNode | ArchivingIsDisabled | SeedingIsWithdrawn | null {
  if (status === 'LEFT') return { type: 'CommunityWasLeft' }
  if (role !== 'CONTROL_NODE') return { type: 'NotControlNode' }
  if (archiving === 'DISABLED') return { type: 'ArchivingIsDisabled' }
  if (seeding === 'WITHDRAWN') return { type: 'SeedingIsWithdrawn' }
  return null
}

/**
 * Grants a dispatch once for each torrent, or again with a higher clock.
 *
 * A torrent is announced while it is recorded as served and current, and by its control node only.
 */
export function dispatchMagnetlink(command: DispatchMagnetlink, community: KnownCommunity): Decision {
  const { communityId, infoHash, clock, magnetUri, publicKey, signature, occasion } = command
  const bar = barToDispatching(community)
  if (bar !== null) return err(bar)
  if (occasion === 'FIRST' && community.dispatched.has(infoHash)) return ok([])
  const { current, served } = community.torrents
  if (infoHash !== current || !served.has(infoHash)) return err({ type: 'TorrentNotServed' })
  if (community.lastClock !== null && clock <= community.lastClock) {
    return err({ type: 'ClockNotHigher', last: community.lastClock })
  }
  const data = { infoHash, clock, magnetUri, publicKey, signature }
  return ok([{ type: 'MagnetlinkDispatched', communityId, data }])
}
