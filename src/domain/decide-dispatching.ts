import type { DispatchMagnetlink } from './commands.ts'
import type { Decision, KnownCommunity } from './community.ts'
import { err, ok } from './result.ts'

/**
 * Grants a dispatch once for each torrent, or again with a higher clock.
 *
 * A torrent is announced while it is recorded as served and current, and by its control node only.
 */
export function dispatchMagnetlink(command: DispatchMagnetlink, community: KnownCommunity): Decision {
  const { communityId, infoHash, clock, magnetUri, publicKey, signature, occasion } = command
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  if (community.role !== 'CONTROL_NODE') return err({ type: 'NotControlNode' })
  if (community.archiving === 'DISABLED') return err({ type: 'ArchivingIsDisabled' })
  if (community.seeding === 'WITHDRAWN') return err({ type: 'SeedingIsWithdrawn' })
  if (occasion === 'FIRST' && community.dispatched.has(infoHash)) return ok([])
  const { current, served } = community.torrents
  if (infoHash !== current || !served.has(infoHash)) return err({ type: 'TorrentNotServed' })
  if (community.lastClock !== null && clock <= community.lastClock) {
    return err({ type: 'ClockNotHigher', last: community.lastClock })
  }
  const data = { infoHash, clock, magnetUri, publicKey, signature }
  return ok([{ type: 'MagnetlinkDispatched', communityId, data }])
}
