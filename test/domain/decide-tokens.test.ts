import { describe, expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { MAX_LIVE_TOKENS } from '../../src/domain/decide-tokens.ts'
import type { NodeEvent } from '../../src/domain/node-events.ts'
import { decideNode, evolveNode, newNode } from '../../src/domain/node.ts'
import { err, ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { CreateToken } from '../../src/domain/token-commands.ts'
import type { TokenCreated } from '../../src/domain/token-events.ts'
import { COMMUNITIES } from '../support/node-play.ts'
import { tokenCreated, tokenId, tokenRevoked } from '../support/token-facts.ts'

const NOW = 1_000 as UnixMillis
const LATER = 2_000 as UnixMillis

function create(change: Partial<TokenCreated['data']> = {}): CreateToken {
  return { type: 'CreateToken', ...tokenCreated(1, change).data, now: NOW }
}

function decided(command: Parameters<typeof decideNode>[0], ...facts: readonly NodeEvent[]) {
  return decideNode(command, facts.reduce(evolveNode, newNode))
}

function communities(count: number): readonly CommunityId[] {
  return Array.from({ length: count }, (_, n) => `0x${n.toString(16).padStart(64, '0')}` as CommunityId)
}

describe('CreateToken', () => {
  test('makes it, with its communities in order and each once', () => {
    const [one, other] = COMMUNITIES.toSorted()
    if (one === undefined || other === undefined) expect.unreachable()
    const grant = { role: 'OPERATOR', communityIds: [one, other], expiresAt: LATER } as const
    expect(decided(create({ ...grant, communityIds: [other, one, other] }))).toEqual(ok([tokenCreated(1, grant)]))
    for (const role of ['VIEWER', 'OPERATOR', 'AUDITOR', 'ADMIN'] as const) {
      expect(decided(create({ role }))).toEqual(ok([tokenCreated(1, { role })]))
    }
  })

  test('makes it once', () => {
    expect(decided(create(), tokenCreated(1), tokenRevoked(1))).toEqual(ok([]))
  })

  test('is refused for some communities where the role concerns the node as a whole', () => {
    for (const role of ['AUDITOR', 'ADMIN'] as const) {
      expect(decided(create({ role, communityIds: COMMUNITIES }))).toEqual(err({ type: 'RoleIsNodeWide', role }))
    }
  })

  test('is refused for no community, or too many of them', () => {
    expect(decided(create({ communityIds: [] }))).toEqual(err({ type: 'TokenCommunitiesMissing' }))
    expect(decided(create({ communityIds: communities(100) })).ok).toBe(true)
    expect(decided(create({ communityIds: communities(101) }))).toEqual(
      err({ type: 'TooManyTokenCommunities', limit: 100 }),
    )
  })

  test('is refused where it would have expired at once', () => {
    expect(decided(create({ expiresAt: NOW }))).toEqual(err({ type: 'ExpiryNotInFuture', now: NOW }))
    expect(decided(create({ expiresAt: (NOW + 1) as UnixMillis })).ok).toBe(true)
  })

  test('is refused once there are too many that are good: neither expired nor revoked', () => {
    const all = Array.from({ length: MAX_LIVE_TOKENS }, (_, n) => tokenCreated(n + 2))
    const full = err({ type: 'TooManyTokens', limit: MAX_LIVE_TOKENS })
    expect(decided(create(), ...all)).toEqual(full)
    expect(decided(create(), ...all, tokenRevoked(2)).ok).toBe(true)
    expect(decided(create(), ...all.slice(1), tokenCreated(2, { expiresAt: NOW })).ok).toBe(true)
    expect(decided(create(), ...all.slice(1), tokenCreated(2, { expiresAt: LATER }))).toEqual(full)
  })
})

describe('RevokeToken', () => {
  const revoke = { type: 'RevokeToken', tokenId: tokenId(1) } as const

  test('revokes it once, also one that expired', () => {
    expect(decided(revoke, tokenCreated(1))).toEqual(ok([tokenRevoked(1)]))
    expect(decided(revoke, tokenCreated(1, { expiresAt: NOW }))).toEqual(ok([tokenRevoked(1)]))
    expect(decided(revoke, tokenCreated(1), tokenRevoked(1))).toEqual(ok([]))
  })

  test('is refused where there was never such a token', () => {
    expect(decided(revoke, tokenCreated(2))).toEqual(err({ type: 'TokenNotFound', tokenId: tokenId(1) }))
  })
})
