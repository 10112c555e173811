import type { IncomingHttpHeaders } from 'node:http'
import type { Credentials } from '../caller.ts'

/** What reverse proxies add. A client that adds one itself loses by it: it is no longer taken for local. */
const MARKS_OF_PROXIES = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const

/**
 * What a request brings to show who sends it.
 *
 * @param authorization The header, or the field of the same name in a `connection_init` message: `Bearer <token>`.
 */
export function credentialsOf(headers: IncomingHttpHeaders, authorization: unknown): Credentials {
  const [, token = null] =
    typeof authorization === 'string' ? (/^Bearer +([^\s]+)\s*$/i.exec(authorization) ?? [null, '']) : []
  return { token, isForwarded: MARKS_OF_PROXIES.some((name) => headers[name] !== undefined) }
}
