import type { CommunityId } from '../domain/community-id.ts'
import type { DhtFailureCode, PutItemFailureCode, SignedInfoHashItem } from '../domain/info-hash-item.ts'
import type { Result } from '../domain/result.ts'

/** The distributed hash table, as reactors see it. Each call takes a bounded time. */
export interface ItemTable {
  /** @param item Signed by `publicKey`: 32 bytes in hex. */
  putItem(
    item: SignedInfoHashItem & { readonly publicKey: string },
  ): Promise<Result<unknown, { readonly code: PutItemFailureCode }>>
  /** @returns The newest item that the key signed; null where there is none. */
  getItem(publicKey: string): Promise<Result<SignedInfoHashItem | null, { readonly code: DhtFailureCode }>>
}

/** The key of a native community, in hex. */
export function publicKeyOf(communityId: CommunityId): string {
  return communityId.slice('0x'.length)
}
