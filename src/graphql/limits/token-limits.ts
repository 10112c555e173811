import { createHash } from 'node:crypto'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/** Has those wait who show many tokens that are no good, and not those who share an address with them. */
export interface TokenLimits {
  /** Notes that a token was good. */
  readonly noteGood: (token: string) => void
  /** Notes that a token was no good. */
  readonly noteRefused: (token: string, address: string | null) => Promise<void>
  /** @returns In how many seconds the address may be told again that a token is no good; 0 for now. */
  readonly waitAfter: (address: string | null) => Promise<number>
  /** The same before a token is looked at; 0 where that costs next to nothing. */
  readonly waitBefore: (token: string, address: string | null) => Promise<number>
}

/** How many JWTs are known from before, by a hash of 32 bytes each. */
const MAX_KNOWN = 10_000

/** In memory: a process that starts anew forgets who waits, and which JWTs were good. */
export function createTokenLimits(refusedPerMinute: number): TokenLimits {
  const refused = new RateLimiterMemory({ points: refusedPerMinute, duration: 60 })
  const known = new Set<string>()

  async function waitAfter(address: string | null): Promise<number> {
    const found = address === null ? null : await refused.get(address)
    return found === null || found.remainingPoints > 0 ? 0 : secondsOf(found)
  }

  return {
    noteGood(token) {
      if (!isDear(token)) return
      const key = keyOf(token)
      // The one that was shown the longest ago is the first.
      known.delete(key)
      known.add(key)
      const [oldest] = known
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest)
    },
    async noteRefused(token, address) {
      if (isDear(token)) known.delete(keyOf(token))
      if (address !== null) await refused.penalty(address)
    },
    waitAfter,
    waitBefore: async (token, address) => (isDear(token) && !known.has(keyOf(token)) ? waitAfter(address) : 0),
  }
}

/** A token of the node is looked up. What has dots may be a JWT, whose signature has to be checked. */
function isDear(token: string): boolean {
  return token.includes('.')
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** In how many seconds there is more. */
export function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000))
}
