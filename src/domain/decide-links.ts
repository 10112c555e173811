import type { Decision, KnownCommunity } from './community.ts'
import { identityOf } from './community-id.ts'
import type { CommunityEvent } from './events.ts'
import { magnetUriOf, type Signature } from './magnet.ts'
import type { FollowNode, ReceiveMagnetlink, RecordMagnetlinkRefused, UnfollowNode } from './member-commands.ts'
import type {
  ClockAhead,
  ClockConflict,
  NodeNotFollowed,
  NotMember,
  SignatureMissing,
  SignerUnknown,
} from './member-refusals.ts'
import type { Link } from './member.ts'
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
 * A newer link to the same torrent is another one where it names other trackers. So is, once, the very link with trackers
 * where the one that is known names none: the distributed hash table, which may tell of it first, has no room for them.
 */
export function receiveMagnetlink(command: ReceiveMagnetlink, community: KnownCommunity): Decision {
  const { communityId, clock, infoHash, magnetUri, origin, proof } = command
  const bar = barToMembership(community)
  if (bar !== null) return err(bar)
  const pinned = checkSigner(command, community)
  if (!pinned.ok) return pinned
  const clockBar = barToClock(command, community)
  if (clockBar !== null) return err(clockBar)
  const { link } = community.membership
  const isNewer = clock > (community.lastClock ?? -1) || addsTrackers(command, link)
  if (!isNewer || link?.magnetUri === magnetUri) return pinned
  const data = { clock, infoHash, magnetUri, origin, proof }
  return ok([...pinned.value, { type: 'MagnetlinkReceived', communityId, data }])
}

/** Whether it is the link that is known, and that one names nothing but its torrent. */
function addsTrackers({ communityId, clock, infoHash }: ReceiveMagnetlink, known: Link | null): boolean {
  const isKnown = known !== null && known.clock === clock && known.infoHash === infoHash
  return isKnown && known.magnetUri === magnetUriOf(infoHash, communityId, [])
}

function barToClock(
  { clock, infoHash, now }: ReceiveMagnetlink,
  { membership: { link } }: KnownCommunity,
): ClockAhead | ClockConflict | null {
  if (clock > now + MAX_CLOCK_AHEAD_MS) return { type: 'ClockAhead', now }
  return link !== null && link.clock === clock && link.infoHash !== infoHash ? { type: 'ClockConflict', clock } : null
}

/**
 * Whether he signed who may: a native community's id is the key, however a link arrives. For another, it is the first key
 * that a followed node signs with, which is pinned; or an operator vouches.
 */
function checkSigner(
  { communityId, origin, proof }: ReceiveMagnetlink,
  { membership: { follows } }: KnownCommunity,
): Result<readonly CommunityEvent[], NodeNotFollowed | SignerUnknown | SignatureMissing> {
  if (origin.type === 'FOLLOWED' && !follows.has(origin.url)) return err({ type: 'NodeNotFollowed' })
  if (identityOf(communityId) === 'NATIVE') return checkKey(proof, communityId.slice('0x'.length))
  if (origin.type === 'SUBMITTED') return ok([])
  // In the distributed hash table there is nothing but what native communities signed.
  if (origin.type === 'DHT' || proof === null) return err({ type: 'SignatureMissing' })
  const { url } = origin
  const nodeKey = follows.get(url) ?? null
  if (nodeKey !== null) return checkKey(proof, nodeKey)
  return ok([{ type: 'NodeKeyPinned', communityId, data: { url, nodeKey: proof.publicKey } }])
}

function checkKey(proof: Signature | null, expectedKey: string): Result<readonly [], SignerUnknown | SignatureMissing> {
  if (proof === null) return err({ type: 'SignatureMissing' })
  return proof.publicKey === expectedKey ? ok([]) : err({ type: 'SignerUnknown', expectedKey })
}

/** The first for each reason since a link was believed: who sends many fills no log. */
export function recordMagnetlinkRefused(command: RecordMagnetlinkRefused, community: KnownCommunity): Decision {
  const { communityId, code, clock, origin } = command
  const bar = barToMembership(community)
  if (bar !== null) return err(bar)
  if (community.membership.refusedLinks.has(code)) return ok([])
  return ok([{ type: 'MagnetlinkRefused', communityId, data: { code, clock, origin } }])
}
