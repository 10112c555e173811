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

/** Parses the announce URL of a tracker; anything else is `InvalidAnnounceUrl`. Never throws. */
export function parseAnnounceUrl(text: string): Result<AnnounceUrl, InvalidAnnounceUrl> {
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null
  const isTracker =
    url !== null && /^(udp|https?|wss?):$/.test(url.protocol) && (url.protocol !== 'udp:' || url.port !== '')
  return isTracker ? ok(text as AnnounceUrl) : err({ type: 'InvalidAnnounceUrl', text })
}
