import { createHash } from 'node:crypto'
import bencode, { type Bencodable } from 'bencode'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixSeconds } from '../domain/time.ts'
import { webSourcesOf } from '../domain/web-seed.ts'

/** What the info hash of an archive torrent covers. */
export interface TorrentInfo {
  readonly communityId: CommunityId
  readonly pieceBytes: number
  /** The length of `data`: a whole number of pieces. */
  readonly dataBytes: number
  readonly indexBytes: number
  /** The SHA-1 of each piece, 20 bytes each, those of `data` first. */
  readonly pieces: Uint8Array
}

export interface TorrentFile {
  readonly bytes: Uint8Array
  readonly infoHash: InfoHash
}

/**
 * Writes the torrent file of a version: BitTorrent v1, `data` and `index` in this order.
 *
 * @param trackers Announce URLs, each a tier of its own, in order.
 * @param publicUrl Where others reach this node over HTTP, so that the file names its web seed; null where they cannot.
 * @see BEP 3, BEP 12: https://www.bittorrent.org/beps/bep_0012.html, and BEP 19 for `url-list`
 */
export function createTorrentFile(
  info: TorrentInfo,
  trackers: readonly string[],
  createdAt: UnixSeconds,
  publicUrl: string | null = null,
): TorrentFile {
  const infoHash = infoHashOf(encodeInfo(info))
  const bytes = bencode.encode({
    'announce-list': trackers.map((tracker) => [tracker]),
    'created by': 'Seedbank',
    'creation date': createdAt,
    info: infoDictionaryOf(info),
    ...urlListOf(webSourcesOf(publicUrl, infoHash).webSeeds),
  })
  return { bytes, infoHash }
}

/**
 * Writes a torrent file for a torrent that somebody else created and peers told of: the same bytes each time.
 *
 * @param trackers Announce URLs, each a tier of its own, in order.
 * @param webSeeds See `WebSources`.
 */
export function torrentFileOf(
  info: TorrentInfo,
  trackers: readonly string[],
  webSeeds: readonly string[] = [],
): Uint8Array {
  return bencode.encode({ ...announceListOf(trackers), info: infoDictionaryOf(info), ...urlListOf(webSeeds) })
}

/** Without trackers the key is left out, as other programs do. */
function announceListOf(trackers: readonly string[]): Readonly<Record<string, Bencodable>> {
  return trackers.length === 0 ? {} : { 'announce-list': trackers.map((tracker) => [tracker]) }
}

/** Without web seeds the key is left out, as other programs do. */
function urlListOf(webSeeds: readonly string[]): Readonly<Record<string, Bencodable>> {
  return webSeeds.length === 0 ? {} : { 'url-list': [...webSeeds] }
}

/** The info hash: SHA-1 over the bencoded info dictionary. */
export function infoHashOf(infoEncoding: Uint8Array): InfoHash {
  return createHash('sha1').update(infoEncoding).digest('hex') as InfoHash
}

/** The info dictionary as it is written, which is also what peers get of a magnet link. */
export function encodeInfo(info: TorrentInfo): Uint8Array {
  return bencode.encode(infoDictionaryOf(info))
}

/** One more key here, and existing members compute another info hash. */
export function infoDictionaryOf(info: TorrentInfo): Readonly<Record<string, Bencodable>> {
  return {
    files: [
      { length: info.dataBytes, path: ['data'] },
      { length: info.indexBytes, path: ['index'] },
    ],
    name: info.communityId,
    'piece length': info.pieceBytes,
    pieces: info.pieces,
  }
}
