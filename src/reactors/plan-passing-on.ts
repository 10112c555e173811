import type { CommunityId } from '../domain/community-id.ts'
import type { SignedInfoHashItem } from '../domain/info-hash-item.ts'
import type { Clock } from '../domain/magnet.ts'

/** A community of which this node is a member, and what it knows so far. */
export interface MemberCommunity {
  readonly communityId: CommunityId
  /** The clock of the newest link that is believed, however it was learnt; null while none is. */
  readonly clock: Clock | null
  /** The newest item that was learnt from the distributed hash table, as it was signed; null where none was. */
  readonly item: SignedInfoHashItem | null
}

/** What to do after a look into the distributed hash table. */
export type AfterLook =
  /** It is news: a newer link, or the first proof of it that can be put on. */
  | { readonly act: 'SUBMIT'; readonly item: SignedInfoHashItem }
  /** Nothing newer is there, so that nodes are to be reminded of what is known. */
  | { readonly act: 'PUT_ON'; readonly item: SignedInfoHashItem }
  /** There is none in the table, and none that could be put there. */
  | { readonly act: 'NOTHING' }

/** @param found What the table holds; null for nothing. */
export function planAfterLook({ clock, item }: MemberCommunity, found: SignedInfoHashItem | null): AfterLook {
  const newestSigned = item?.seq ?? -1
  if (found !== null && found.seq > newestSigned && found.seq >= (clock ?? 0)) return { act: 'SUBMIT', item: found }
  return item === null ? { act: 'NOTHING' } : { act: 'PUT_ON', item }
}
