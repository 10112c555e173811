import type { DhtFailureCode, PutItemFailureCode, SignedInfoHashItem } from '../../domain/info-hash-item.ts'
import type { Result } from '../../domain/result.ts'

/** Ok with how many nodes of the distributed hash table are known to hold the item. */
export type PutItemOutcome = Result<{ readonly nodes: number }, { readonly code: PutItemFailureCode }>

/** Ok with the newest item that was found, its signature checked; null where nodes answered, and none had any. */
export type GetItemOutcome = Result<SignedInfoHashItem | null, { readonly code: DhtFailureCode }>
