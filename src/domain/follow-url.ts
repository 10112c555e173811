import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/** The API of a node that is followed: `ws` or `wss`, as the rules for URLs write it, without anything secret in it. */
export type FollowUrl = Brand<string, 'FollowUrl'>

export interface InvalidFollowUrl {
  readonly type: 'InvalidFollowUrl'
  readonly text: string
}

/** In UTF-16 units. */
const MAX_LENGTH = 2048

const SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }

/**
 * Parses the URL of another node's API, path included: it is recorded for good, so nothing is taken that may be a
 * secret, which is a user name, a password or a query. A token travels beside it.
 *
 * @param text `ws` or `wss`; `http` and `https` become these.
 * @returns One text for all ways to write the same; `InvalidFollowUrl` for anything else. Never throws.
 * @example parseFollowUrl('https://Node.example:443/graphql') // wss://node.example/graphql
 */
export function parseFollowUrl(text: string): Result<FollowUrl, InvalidFollowUrl> {
  const url = text.length <= MAX_LENGTH && /^[!-~]+$/.test(text) ? URL.parse(text) : null
  const scheme = SCHEMES[url?.protocol ?? '']
  if (url === null || scheme === undefined || /[?#@\\]/.test(text)) return err({ type: 'InvalidFollowUrl', text })
  url.protocol = scheme
  return url.href.length <= MAX_LENGTH ? ok(url.href as FollowUrl) : err({ type: 'InvalidFollowUrl', text })
}
