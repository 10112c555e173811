import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/** Where a tracker is asked: `udp` with a port, `http`, `https`, `ws` or `wss`. */
export type AnnounceUrl = Brand<string, 'AnnounceUrl'>

export interface InvalidAnnounceUrl {
  readonly type: 'InvalidAnnounceUrl'
  readonly text: string
}

/** How long an announce URL can be, in UTF-16 units: many of them have to fit a magnet link. */
const MAX_LENGTH = 500

/** The ports that a URL leaves out when it is written by the rules, and people write all the same. */
const USUAL_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443', 'ws:': ':80', 'wss:': ':443' }

/**
 * Parses the announce URL of a tracker. It is kept as it is written, and read by many programs, so it has to mean the
 * same to all: nothing is taken that the rules for URLs would strip, resolve or escape, such as white space, and no
 * user name or password, which would be told to everybody.
 *
 * @returns `InvalidAnnounceUrl` for anything else. Never throws.
 * @see https://url.spec.whatwg.org/#concept-basic-url-parser
 */
export function parseAnnounceUrl(text: string): Result<AnnounceUrl, InvalidAnnounceUrl> {
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null
  const isTracker =
    url !== null && /^(udp|https?|wss?):$/.test(url.protocol) && (url.protocol !== 'udp:' || url.port !== '')
  return isTracker && isWrittenAs(url, text) ? ok(text as AnnounceUrl) : err({ type: 'InvalidAnnounceUrl', text })
}

/** Whether the text is the URL, but for case, the usual port and the slash of an empty path. */
function isWrittenAs(url: URL, text: string): boolean {
  if (url.username !== '' || url.password !== '') return false
  const origin = `${url.protocol}//${url.host}`
  const rest = url.href.slice(origin.length)
  const origins = url.port === '' ? [origin, origin + USUAL_PORTS[url.protocol]] : [origin]
  const rests = url.pathname === '/' ? [rest, rest.slice(1)] : [rest]
  const written = text.toLowerCase()
  return origins.some((start) => rests.some((end) => (start + end).toLowerCase() === written))
}
