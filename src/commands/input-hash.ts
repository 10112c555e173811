import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * Tells whether two wishes are the same: SHA-256 of the canonical JSON (RFC 8785), in hex.
 *
 * @throws When the input is not JSON, such as a number that is not finite.
 */
export function hashInput(commandType: string, input: unknown): string {
  const text = canonicalize([commandType, input])
  if (text === undefined) throw new Error(`Cannot hash the input of ${commandType}: it has no JSON form`)
  return createHash('sha256').update(text).digest('hex')
}
