import { identityOf, type CommunityId } from '../domain/community-id.ts'
import type { SignedInfoHashItem } from '../domain/info-hash-item.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock } from '../domain/magnet.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { publicKeyOf, type ItemTable } from './item-table.ts'
import { planAfterLook, type MemberCommunity } from './plan-passing-on.ts'
import { createRoundsReactor, type RoundsReactor, type RoundsSurroundings } from './rounds-reactor.ts'

/** What the distributed hash table says of a community's newest torrent; the community's key signed it. */
export interface LookedUpLink {
  readonly communityId: CommunityId
  readonly clock: Clock
  readonly infoHash: InfoHash
  /** Over the item that BEP 44 and BEP 46 make of clock and info hash: 64 bytes in hex. */
  readonly signature: string
}

export interface LookingUpPorts extends RoundsSurroundings {
  /** Those whose archiving is enabled here. */
  readonly readMemberships: () => Promise<readonly MemberCommunity[]>
  readonly table: ItemTable
  /** Hands over what was learnt. The same link again is to change nothing, but that its signature is kept. */
  readonly submit: (link: LookedUpLink) => Promise<Result<unknown, { readonly type: string }>>
}

/**
 * Looks up native communities of which this node is a member, at once and then hourly; every ten minutes as long as no link
 * of theirs is known. What is known it puts on, unchanged as it was signed, so that a community is found without its
 * control node; but never over what is newer.
 */
export function createLookingUpReactor({
  readMemberships,
  table,
  submit,
  ...surroundings
}: LookingUpPorts): RoundsReactor {
  async function lookUp(community: MemberCommunity): Promise<Result<unknown, { readonly code: string }>> {
    const publicKey = publicKeyOf(community.communityId)
    const found = await table.getItem(publicKey)
    if (!found.ok) return found
    const next = planAfterLook(community, found.value)
    switch (next.act) {
      case 'SUBMIT':
        return handOver(community, next.item)
      case 'PUT_ON':
        return table.putItem({ publicKey, ...next.item })
      case 'NOTHING':
        return community.clock === null ? err({ code: 'NOTHING_FOUND' }) : ok(null)
    }
  }

  async function handOver(
    { communityId }: MemberCommunity,
    { seq, infoHash, signature }: SignedInfoHashItem,
  ): Promise<Result<unknown, { readonly code: string }>> {
    const submitted = await submit({ communityId, clock: seq, infoHash, signature })
    return submitted.ok ? submitted : err({ code: submitted.error.type })
  }

  return createRoundsReactor({
    ...surroundings,
    name: 'looking-up',
    async readWanted() {
      const native = (await readMemberships()).filter(({ communityId }) => identityOf(communityId) === 'NATIVE')
      return native.map((community) => ({ ...community, thing: community.communityId }))
    },
    go: lookUp,
  })
}
