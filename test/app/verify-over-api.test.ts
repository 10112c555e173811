import { expect, test } from 'vitest'
import { ServerLost, type AskServer } from '../../src/app/ask-server.ts'
import { followVerification } from '../../src/app/verification/verify-over-api.ts'
import { COMMUNITY } from '../support/community-facts.ts'

// As UUIDv7 are: in the order of their making.
const [BEFORE, ASKED, AFTER] = ['0190-before', '0191-asked', '0192-after']

/** A server on which nothing goes on any more, and that remembers the end of one verification. */
function serverThatRemembers(verificationId: string): AskServer {
  const lastVerification = {
    verificationId,
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: '2026-01-01T00:00:01Z',
    versions: [],
  }
  const answer: unknown = { community: { verification: null, lastVerification } }
  return async <Data>() => answer as Data
}

async function follow(remembered: string): Promise<string> {
  const asked = { verificationId: ASKED, communityId: COMMUNITY }
  return (await followVerification(serverThatRemembers(remembered), asked, () => undefined, 1)).verificationId
}

test('a verification ends as it did, or as one did that came later', async () => {
  expect(await follow(ASKED)).toBe(ASKED)
  expect(await follow(AFTER)).toBe(AFTER)
})

test('one that was there before is not taken for one that failed', async () => {
  await expect(follow(BEFORE)).rejects.toThrow(ServerLost)
})
