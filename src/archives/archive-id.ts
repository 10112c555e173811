import { keccak_256 } from '@noble/hashes/sha3.js'
import type { ArchiveId } from '../domain/archive.ts'

/**
 * The id of an archive: `0x` and the hex of a Keccak-256.
 *
 * The original Keccak, whose padding differs from that of SHA3-256, as existing members use it.
 *
 * @param encoding The encoded WakuMessageArchiveIndexMetadata.
 */
export function archiveIdOfEncoding(encoding: Uint8Array): ArchiveId {
  return `0x${Buffer.from(keccak_256(encoding)).toString('hex')}` as ArchiveId
}
