import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/** The name of a torrent on the network: 20 bytes as 40 lower-case hex digits (BitTorrent v1). */
export type InfoHash = Brand<string, 'InfoHash'>

export interface InvalidInfoHash {
  readonly type: 'InvalidInfoHash'
  readonly text: string
}

/**
 * Parses a BitTorrent v1 info hash.
 *
 * @param text 40 hex digits (20 bytes), in either case.
 * @returns The hash in lower case; `InvalidInfoHash` when `text` has any other shape. Never throws.
 * @see BEP 3, "info_hash": https://www.bittorrent.org/beps/bep_0003.html
 */
export function parseInfoHash(text: string): Result<InfoHash, InvalidInfoHash> {
  return /^[0-9a-f]{40}$/i.test(text) ? ok(text.toLowerCase() as InfoHash) : err({ type: 'InvalidInfoHash', text })
}
