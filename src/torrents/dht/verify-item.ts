import type { Verify } from 'webtorrent'
import { isSignedBy } from '../../formats/ed25519.ts'

/** Has a node of the distributed hash table keep and hand out only items that their key signed, whoever's they are. */
export const verifyItem: Verify = (signature, bytes, publicKey) =>
  signature instanceof Uint8Array && publicKey instanceof Uint8Array && isSignedBy(publicKey, bytes, signature)
