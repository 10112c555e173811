import { parse, type ParsedUrlQuery } from 'node:querystring'
import { parseInfoHash, type InfoHash } from '../../domain/info-hash.ts'

/** Tells whether this node seeds or follows the torrent. */
export type IsKnown = (infoHash: InfoHash) => boolean

/** How many torrents one scrape may ask for, as many as fit the answer of a UDP tracker. */
export const MAX_SCRAPE_HASHES = 74
/** How many WebRTC offers one announce may carry. */
const MAX_OFFERS = 82

const EVENTS = new Set(['', 'empty', 'started', 'stopped', 'completed', 'update', 'paused'])
const BYTES_20 = /^[\0-\u00ff]{20}$/
const UNKNOWN = 'this tracker does not know the torrent'

/**
 * Looks for what is wrong with an HTTP request, because the library trusts more than it checks: a port of 1.5 or
 * `compact=2` would end the process.
 *
 * @param url The path and query, as received.
 * @returns What is wrong, for the client to read; null when the library can have it.
 */
export function findHttpFault(url: string, isKnown: IsKnown): string | null {
  if (/%u/i.test(url)) return 'malformed query'
  const fields = fieldsOf(url)
  if (url.startsWith('/scrape')) return findScrapeFault(fields['info_hash'], isKnown)
  const { info_hash, peer_id, port, compact = '', event = '', numwant = '' } = fields
  if (!isBytes20(info_hash)) return 'invalid info_hash'
  if (!isBytes20(peer_id)) return 'invalid peer_id'
  if (!matches(port, /^\d{1,5}$/) || Number(port) < 1 || Number(port) > 65_535) return 'invalid port'
  if (!matches(compact, /^[01]?$/)) return 'invalid compact'
  if (!matches(numwant, /^(-?\d{1,15})?$/)) return 'invalid numwant'
  return typeof event === 'string' && EVENTS.has(event) ? null : 'invalid event'
}

/**
 * Looks for what is wrong with a message on a WebSocket, for the same reason.
 *
 * @returns What is wrong, for the client to read; null when the library can have it.
 */
export function findSocketFault(text: string, isKnown: IsKnown): string | null {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  if (!isObject(message)) return 'not an object'
  switch (message['action']) {
    case 'announce':
      return findSocketAnnounceFault(message)
    case 'scrape':
      // The library would look for the peers of an announce, and end the process.
      if ((message['offers'] ?? message['answer'] ?? null) !== null) return 'a scrape with offers or an answer'
      return findScrapeFault(message['info_hash'], isKnown)
    default:
      return 'invalid action'
  }
}

function findSocketAnnounceFault(message: Readonly<Record<string, unknown>>): string | null {
  const { info_hash, peer_id, event = '', offers = [], answer = null, to_peer_id, offer_id } = message
  if (!isBytes20(info_hash)) return 'invalid info_hash'
  if (!isBytes20(peer_id)) return 'invalid peer_id'
  if (event !== null && !(typeof event === 'string' && EVENTS.has(event))) return 'invalid event'
  if (offers !== null && !isOffers(offers)) return 'invalid offers'
  if (answer === null) return null
  return isObject(answer) && isBytes20(to_peer_id) && typeof offer_id === 'string' ? null : 'invalid answer'
}

/** A scrape names its torrents: the library would list all there are. */
function findScrapeFault(infoHash: unknown, isKnown: IsKnown): string | null {
  const hashes: readonly unknown[] = Array.isArray(infoHash) ? infoHash : [infoHash]
  if (hashes.length === 0 || hashes.length > MAX_SCRAPE_HASHES || !hashes.every(isBytes20)) return 'invalid info_hash'
  return hashes.every((bytes) => isKnownHash(Buffer.from(bytes, 'latin1').toString('hex'), isKnown)) ? null : UNKNOWN
}

/** Whether a hex info hash, as the library writes it, is one that this node seeds or follows. */
export function isKnownHash(hex: string, isKnown: IsKnown): boolean {
  const infoHash = parseInfoHash(hex)
  return infoHash.ok && isKnown(infoHash.value)
}

/** The info hashes, in hex, that a sound scrape names. */
export function hashesOfScrape(url: string): readonly string[] {
  return [fieldsOf(url)['info_hash'] ?? []].flat().map((bytes) => Buffer.from(bytes, 'latin1').toString('hex'))
}

/** The query of a path, cut where the library cuts it. */
function fieldsOf(url: string): ParsedUrlQuery {
  const [, query = ''] = url.split('?')
  return parse(query, '&', '=', { decodeURIComponent: decodeBytes })
}

function isOffers(offers: unknown): boolean {
  return (
    Array.isArray(offers) &&
    offers.length <= MAX_OFFERS &&
    offers.every((each) => isObject(each) && isObject(each['offer']) && typeof each['offer_id'] === 'string')
  )
}

function isBytes20(value: unknown): value is string {
  return typeof value === 'string' && BYTES_20.test(value)
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Percent signs stand for bytes here, not for UTF-8: each byte becomes the character of its number. */
function decodeBytes(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
