import type { SignedInfoHashItem } from '../../domain/info-hash-item.ts'

/** An item, and the key that signed it. */
export interface ItemToPut extends SignedInfoHashItem {
  /** 32 bytes in hex, lower case. */
  readonly publicKey: string
}
