import { generateKeyPairSync, sign } from 'node:crypto'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { SignedInfoHashItem } from '../../src/domain/info-hash-item.ts'
import type { Clock } from '../../src/domain/magnet.ts'

/** A native community whose key a test has. */
export interface SigningCommunity {
  readonly communityId: CommunityId
  /** 32 bytes in hex. */
  readonly publicKey: string
  /** 64 bytes in hex. */
  sign(bytes: Uint8Array): string
  /** An item for the distributed hash table, encoded without the code under test. */
  item(seq: number, infoHash: InfoHash): SignedInfoHashItem
}

export function createSigningCommunity(): SigningCommunity {
  const keys = generateKeyPairSync('ed25519')
  const publicKey = Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
  const signBytes = (bytes: Uint8Array): string => sign(null, bytes, keys.privateKey).toString('hex')
  return {
    communityId: `0x${publicKey}` as CommunityId,
    publicKey,
    sign: signBytes,
    item(seq, infoHash) {
      const hash = Buffer.from(infoHash, 'hex').toString('latin1')
      return {
        seq: seq as Clock,
        infoHash,
        signature: signBytes(Buffer.from(`3:seqi${seq}e1:vd2:ih20:${hash}e`, 'latin1')),
      }
    },
  }
}

/** An info hash for tests, by number. */
export function infoHashNumber(number: number): InfoHash {
  return number.toString(16).padStart(40, '0') as InfoHash
}
