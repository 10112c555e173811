import type { Brand } from './brand.ts'
import type { CommunityId } from './community-id.ts'
import type { InfoHash } from './info-hash.ts'
import type { UnixMillis } from './time.ts'
import { NO_WEB_SOURCES, type WebSources } from './web-seed.ts'

/** `magnet:?xt=urn:btih:<info hash>&dn=<community id>&tr=…&ws=…&xs=…`: where an archive can be fetched. */
export type MagnetUri = Brand<string, 'MagnetUri'>

/** Orders the announcements of a community; Unix milliseconds, except where that would not rise. */
export type Clock = Brand<number, 'Clock'>

/** Ed25519: who signed, and the signature. */
export interface Signature {
  /** The public key that signed: 32 bytes in hex. */
  readonly publicKey: string
  /** 64 bytes in hex. */
  readonly signature: string
}

/** What proves a link that somebody else wrote, and that is recorded as far as it is used. */
export interface LinkProof extends Signature {
  /**
   * SHA-256 of the `announcementText` that was signed, in hex, where the link was written in another way than it is
   * recorded: who has the original can show it. Null where the signature is over the very record.
   */
  readonly signedTextSha256: string | null
}

/** The private key that would have to sign is not on this node. */
export interface SigningKeyMissing {
  readonly type: 'SigningKeyMissing'
}

/** What tells members where the newest archive is, and proves who says so: the signature is over `announcementText`. */
export interface Announcement extends Signature {
  readonly communityId: CommunityId
  readonly clock: Clock
  readonly magnetUri: MagnetUri
}

/**
 * The magnet link of a torrent, in the form that existing members write and read.
 *
 * @param trackers Announce URLs, each a `tr` parameter, in order.
 * @param sources Where it is to be had over HTTP: web seeds are `ws` parameters, torrent files `xs`.
 */
export function magnetUriOf(
  infoHash: InfoHash,
  communityId: CommunityId,
  trackers: readonly string[],
  { webSeeds, torrentFiles }: WebSources = NO_WEB_SOURCES,
): MagnetUri {
  const named = [parametersOf('tr', trackers), parametersOf('ws', webSeeds), parametersOf('xs', torrentFiles)]
  return `magnet:?xt=urn:btih:${infoHash}&dn=${communityId}${named.join('')}` as MagnetUri
}

function parametersOf(key: string, urls: readonly string[]): string {
  return urls.map((url) => `&${key}=${encodeURIComponent(url)}`).join('')
}

/** The text whose UTF-8 bytes are signed. Changing it orphans every signature ever made. */
export function announcementText(communityId: CommunityId, clock: Clock, magnetUri: MagnetUri): string {
  return `seedbank-announcement-v1\n${communityId}\n${clock}\n${magnetUri}`
}

/**
 * The clock of the next announcement: never at or below the last, and the time where it can be.
 *
 * @param floor Where the log was brought back from a back-up: what was dispatched since and is lost was below it.
 */
export function nextClock(last: Clock | null, now: UnixMillis, floor: Clock | null = null): Clock {
  return Math.max((last ?? 0) + 1, now, floor ?? 0) as Clock
}
