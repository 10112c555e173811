import { parseAnnounceUrl } from './announce-url.ts'
import type { InfoHash } from './info-hash.ts'

/** Where a torrent can be fetched over HTTP, with or without a peer. URLs of HTTP or HTTPS. */
export interface WebSources {
  /** Folders that end in a slash: `<URL><torrent name>/<path>` is each file (BEP 19). */
  readonly webSeeds: readonly string[]
  /** The torrent file itself. */
  readonly torrentFiles: readonly string[]
}

/** How many of each are used of a link. */
export const MAX_WEB_SOURCES = 4

/** Nowhere. */
export const NO_WEB_SOURCES: WebSources = { webSeeds: [], torrentFiles: [] }

/** The path below which a node serves archives over HTTP. */
export const SEED_PATH = '/seed/'

/**
 * Where a node serves a torrent over HTTP.
 *
 * @param publicUrl Where others reach the node, without a final slash; null where they cannot.
 * @see BEP 19: https://www.bittorrent.org/beps/bep_0019.html
 */
export function webSourcesOf(publicUrl: string | null, infoHash: InfoHash): WebSources {
  if (publicUrl === null) return NO_WEB_SOURCES
  // One client adds the path only where the URL ends in a slash.
  const seed = `${publicUrl}${SEED_PATH}${infoHash}`
  return { webSeeds: [`${seed}/`], torrentFiles: [`${seed}.torrent`] }
}

/** Whether a URL of a magnet link can be used as a web seed: paths are put behind it. */
export function isWebSeed(text: string): boolean {
  return isTorrentFileUrl(text) && !/[?#]/.test(text)
}

/** Whether a torrent file can be asked for at a URL of a magnet link, which has to mean the same to all who read it. */
export function isTorrentFileUrl(text: string): boolean {
  return /^https?:/i.test(text) && parseAnnounceUrl(text).ok
}
