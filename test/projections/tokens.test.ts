import { expect, test } from 'vitest'
import type { NodeEvent } from '../../src/domain/node-events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { Position } from '../../src/events/recorded-event.ts'
import { countTokens, readToken, readTokenByHash, readTokens } from '../../src/projections/tokens.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { projected, recordedAt } from '../support/projected.ts'
import { tokenCreated, tokenId, tokenRevoked } from '../support/token-facts.ts'

const NOW = 10_000 as UnixMillis

test('a token is found by its hash and its id, with what became of it, and never shows the hash', async () => {
  const some = tokenCreated(1, { communityIds: [COMMUNITY], expiresAt: NOW })
  const db = await projected([some, tokenCreated(2), tokenRevoked(1)])
  const row = {
    tokenId: tokenId(1),
    position: 1,
    role: 'OPERATOR',
    communityIds: [COMMUNITY],
    createdAt: recordedAt(1),
    createdBy: 'local',
    expiresAt: NOW,
    revokedAt: recordedAt(3),
  }
  expect(await readTokenByHash(db, some.data.hash)).toEqual(row)
  expect(await readToken(db, tokenId(1))).toEqual(row)
  expect(await readToken(db, tokenId(2))).toMatchObject({ communityIds: null, expiresAt: null, revokedAt: null })
  expect(await readTokenByHash(db, 'ff')).toBeNull()
  expect(await readToken(db, tokenId(3))).toBeNull()
})

test('tokens are read in the order in which they were made, a page at a time from either end', async () => {
  // Their ids are in another order.
  const db = await projected([4, 3, 2, 1].map((number) => tokenCreated(number)))
  const positions = async (range: Parameters<typeof readTokens>[1]) =>
    (await readTokens(db, range)).map(({ position }) => position)
  expect(await positions({})).toEqual([1, 2, 3, 4])
  expect(await positions({ first: 2 })).toEqual([1, 2])
  expect(await positions({ last: 2 })).toEqual([3, 4])
  expect(await positions({ after: 1 as Position, before: 4 as Position, first: 9 })).toEqual([2, 3])
})

test('a token that expired is counted and not live, one that was revoked is not counted', async () => {
  const count = async (...facts: readonly NodeEvent[]) => Object.values(await countTokens(await projected(facts), NOW))
  expect(await count()).toEqual([0, 0])
  expect(await count(tokenCreated(1))).toEqual([1, 1])
  expect(await count(tokenCreated(1), tokenRevoked(1))).toEqual([0, 0])
  expect(await count(tokenCreated(1, { expiresAt: NOW }))).toEqual([1, 0])
  expect(await count(tokenCreated(1, { expiresAt: (NOW + 1) as UnixMillis }))).toEqual([1, 1])
})
