import type { Decision, KnownCommunity } from './community.ts'
import { identityOf, type CommunityId } from './community-id.ts'
import type { CommunityEvent } from './events.ts'
import type { FollowUrl } from './follow-url.ts'
import type { FollowNode, ReceiveMagnetlink, RecordMagnetlinkRefused, UnfollowNode } from './member-commands.ts'
import type { ClockAhead, ClockConflict, NodeNotFollowed, NotMember, SignerUnknown } from './member-refusals.ts'
import type { CommunityWasLeft } from './refusals.ts'
import { err, ok, type Result } from './result.ts'

/** How many nodes a community can follow. */
export const MAX_FOLLOWS = 8

/** How far ahead of this node's time a clock may be, in milliseconds: a day. */
export const MAX_CLOCK_AHEAD_MS = 86_400_000

/** What bars all that only members do; null when nothing does. */
export function barToMembership({
  status,
  role,
}: Pick<KnownCommunity, 'status' | 'role'>): CommunityWasLeft | NotMember | null {
  if (status === 'LEFT') return { type: 'CommunityWasLeft' }
  return role === 'MEMBER' ? null : { type: 'NotMember' }
}

export function followNode({ communityId, url, nodeKey }: FollowNode, community: KnownCommunity): Decision {
  const bar = barToMembership(community)
  if (bar !== null) return err(bar)
  const { follows } = community.membership
  const pinned = follows.get(url)
  if (pinned !== undefined && (nodeKey === null || nodeKey === pinned)) return ok([])
  if (pinned === undefined && follows.size >= MAX_FOLLOWS) return err({ type: 'TooManyFollows', limit: MAX_FOLLOWS })
  return ok([{ type: 'NodeFollowed', communityId, data: { url, nodeKey } }])
}

export function unfollowNode({ communityId, url }: UnfollowNode, community: KnownCommunity): Decision {
  const bar = barToMembership(community)
  if (bar !== null) return err(bar)
  return ok(community.membership.follows.has(url) ? [{ type: 'NodeUnfollowed', communityId, data: { url } }] : [])
}

/**
 * Believes a link that is newer than the one before. An older one, or the same again, changes nothing.
 *
 * Two links are the same when they name one torrent.
 */
export function receiveMagnetlink(command: ReceiveMagnetlink, community: KnownCommunity): Decision {
  const { communityId, clock, infoHash, magnetUri, origin, proof } = command
  const bar = barToMembership(community) ?? barToClock(command, community)
  if (bar !== null) return err(bar)
  const pinned = pinKey(command, community)
  if (!pinned.ok) return pinned
  const { link } = community.membership
  const isOld = community.lastClock !== null && clock <= community.lastClock
  if (isOld || link?.magnetUri === magnetUri) return pinned
  const data = { clock, infoHash, magnetUri, origin, proof }
  return ok([...pinned.value, { type: 'MagnetlinkReceived', communityId, data }])
}

function barToClock(
  { clock, infoHash, now }: ReceiveMagnetlink,
  { membership: { link } }: KnownCommunity,
): ClockAhead | ClockConflict | null {
  if (clock > now + MAX_CLOCK_AHEAD_MS) return { type: 'ClockAhead', now }
  return link !== null && link.clock === clock && link.infoHash !== infoHash ? { type: 'ClockConflict', clock } : null
}

/** The id of a native community is the key that signs; for another, the first key that a followed node signs with. */
function pinKey(
  { communityId, origin, proof }: ReceiveMagnetlink,
  { membership: { follows } }: KnownCommunity,
): Result<readonly CommunityEvent[], NodeNotFollowed | SignerUnknown> {
  if (origin.type !== 'FOLLOWED') return ok([])
  const { url } = origin
  const nodeKey = follows.get(url)
  if (nodeKey === undefined) return err({ type: 'NodeNotFollowed' })
  if (proof === null || identityOf(communityId) === 'NATIVE') return ok([])
  const { publicKey } = proof
  if (nodeKey === null) return ok([pinned(communityId, url, publicKey)])
  return nodeKey === publicKey ? ok([]) : err({ type: 'SignerUnknown', expectedKey: nodeKey })
}

function pinned(communityId: CommunityId, url: FollowUrl, nodeKey: string): CommunityEvent {
  return { type: 'NodeKeyPinned', communityId, data: { url, nodeKey } }
}

/** The first for each reason since a link was believed: who sends many fills no log. */
export function recordMagnetlinkRefused(command: RecordMagnetlinkRefused, community: KnownCommunity): Decision {
  const { communityId, code, clock, origin } = command
  const bar = barToMembership(community)
  if (bar !== null) return err(bar)
  if (community.membership.refusedLinks.has(code)) return ok([])
  return ok([{ type: 'MagnetlinkRefused', communityId, data: { code, clock, origin } }])
}
