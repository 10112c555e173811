import { parseAnnounceUrl, type AnnounceUrl } from './announce-url.ts'
import { MAX_TRACKERS } from './community-settings.ts'
import { parseInfoHash, type InfoHash } from './info-hash.ts'
import { err, ok, type Result } from './result.ts'
import { isTorrentFileUrl, isWebSeed, MAX_WEB_SOURCES, type WebSources } from './web-seed.ts'

/** What is read of a magnet link that somebody else made. Of web seeds and torrent files, the first `MAX_WEB_SOURCES`. */
export interface Magnet extends WebSources {
  readonly infoHash: InfoHash
  /** `dn`, decoded. Only ever looked at. */
  readonly displayName: string | null
  /** The first `MAX_TRACKERS` announce URLs, in order, each once. */
  readonly trackers: readonly AnnounceUrl[]
  /** Hosts that are named and never used: of peers, of other sources, and of URLs that are none of theirs or too many. */
  readonly otherHosts: readonly string[]
}

export interface InvalidMagnet {
  readonly type: 'InvalidMagnet'
  readonly reason: MagnetFault
}

/** Why a text is no magnet link of one torrent. */
export type MagnetFault =
  /** It is longer than any that is read. */
  | 'TOO_LONG'
  /** It does not begin as one, or has characters in it that programs read in different ways. */
  | 'NOT_A_MAGNET'
  /** What follows a `%` is no UTF-8. */
  | 'BAD_ENCODING'
  /** It names no BitTorrent v1 info hash. */
  | 'NO_HASH'
  /** What it names as info hash is none. */
  | 'BAD_HASH'
  /** It names more than one. */
  | 'SEVERAL_HASHES'
  /** It names more hosts than can be looked at. */
  | 'TOO_MANY_HOSTS'

/** In UTF-16 units: 20 trackers of the length of most take 1,500. */
export const MAX_MAGNET_LENGTH = 8192

/** How many hosts a link can name. */
export const MAX_MAGNET_HOSTS = 64

/** Visible ASCII without `#`, behind which some programs stop reading. */
const SHAPE = /^magnet:\?[!"$-~]*$/i
const V1_HASH = /^urn:btih:(.*)$/is
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

type Parameter = readonly [key: string, value: string]

/**
 * Parses a magnet link of a BitTorrent v1 torrent, or the v1 half of a hybrid one.
 *
 * @param text From anywhere. Keys may be numbered (`tr.1`).
 * @returns `InvalidMagnet` with the first reason found. Never throws.
 * @see BEP 9, "magnet URI format": https://www.bittorrent.org/beps/bep_0009.html; BEP 19 for `ws`
 */
export function parseMagnet(text: string): Result<Magnet, InvalidMagnet> {
  if (text.length > MAX_MAGNET_LENGTH) return fault('TOO_LONG')
  if (!SHAPE.test(text)) return fault('NOT_A_MAGNET')
  const parameters = readParameters(text.slice('magnet:?'.length))
  if (parameters === null) return fault('BAD_ENCODING')
  const infoHash = readInfoHash(valuesOf(parameters, 'xt'))
  if (!infoHash.ok) return infoHash

  const announced = [...new Set(valuesOf(parameters, 'tr'))]
  const trackers = announced.flatMap(trackerOf).slice(0, MAX_TRACKERS)
  const sources = webSourcesIn(parameters)
  const used: ReadonlySet<string> = new Set([...trackers, ...sources.webSeeds, ...sources.torrentFiles])
  const urls = [...announced, ...valuesOf(parameters, 'xs', 'as', 'ws')].filter((each) => !used.has(each))
  const peers = valuesOf(parameters, 'x.pe').map((peer) => `udp://${peer}`)
  const otherHosts = [...new Set([...urls, ...peers].flatMap(hostOf))]
  const [displayName = null] = valuesOf(parameters, 'dn')
  const magnet = { infoHash: infoHash.value, displayName, trackers, ...sources, otherHosts }
  return namedHosts(magnet).length > MAX_MAGNET_HOSTS ? fault('TOO_MANY_HOSTS') : ok(magnet)
}

/** Every host that the link names, used or not, each once: names, IPv4 addresses, and IPv6 addresses in brackets. */
export function namedHosts({ trackers, webSeeds, torrentFiles, otherHosts }: Magnet): readonly string[] {
  return [...new Set([...[...trackers, ...webSeeds, ...torrentFiles].flatMap(hostOf), ...otherHosts])]
}

function fault(reason: MagnetFault): Result<never, InvalidMagnet> {
  return err({ type: 'InvalidMagnet', reason })
}

/** Null where an escape is malformed. */
function readParameters(query: string): readonly Parameter[] | null {
  try {
    return query.split('&').map((pair) => {
      const at = pair.indexOf('=')
      const [key, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      return [
        decode(key)
          .toLowerCase()
          .replace(/\.\d+$/, ''),
        decode(value),
      ] as const
    })
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** A plus is a space, as in forms: existing clients read it so. */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function valuesOf(parameters: readonly Parameter[], ...keys: readonly string[]): readonly string[] {
  return parameters.filter(([key]) => keys.includes(key)).map(([, value]) => value)
}

/** Other topics than a v1 hash are passed over, such as the v2 hash of a hybrid torrent. */
function readInfoHash(topics: readonly string[]): Result<InfoHash, InvalidMagnet> {
  const named = topics.flatMap((topic) => V1_HASH.exec(topic)?.slice(1) ?? [])
  if (named.length === 0) return fault('NO_HASH')
  const hashes = new Set(named.map(parseHash))
  const [hash] = hashes
  if (hash == null || hashes.has(null)) return fault('BAD_HASH')
  return hashes.size === 1 ? ok(hash) : fault('SEVERAL_HASHES')
}

function parseHash(text: string): InfoHash | null {
  const lower = text.toLowerCase()
  const hex = /^[a-z2-7]{32}$/.test(lower) ? hexOf(lower) : lower
  const parsed = parseInfoHash(hex)
  return parsed.ok ? parsed.value : null
}

/** 32 digits of base 32 are 160 bits. */
function hexOf(base32: string): string {
  const number = base32.split('').reduce((sum, digit) => sum * 32n + BigInt(BASE32.indexOf(digit)), 0n)
  return number.toString(16).padStart(40, '0')
}

function webSourcesIn(parameters: readonly Parameter[]): WebSources {
  const first = (key: string, isUsed: (url: string) => boolean): readonly string[] =>
    [...new Set(valuesOf(parameters, key))].filter(isUsed).slice(0, MAX_WEB_SOURCES)
  return { webSeeds: first('ws', isWebSeed), torrentFiles: first('xs', isTorrentFileUrl) }
}

function trackerOf(text: string): readonly AnnounceUrl[] {
  const url = parseAnnounceUrl(text)
  return url.ok ? [url.value] : []
}

/** None where the text is no URL, or one without a host. */
function hostOf(text: string): readonly string[] {
  const host = URL.parse(text)?.hostname ?? ''
  return host === '' ? [] : [host.toLowerCase()]
}
