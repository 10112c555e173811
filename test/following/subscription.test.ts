import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FollowFailure } from '../../src/following/follow-state.ts'
import { createSubscription } from '../../src/following/subscription.ts'
import { linkMessage } from '../support/fake-node.ts'
import { FUZZ_RUNS } from '../support/fuzz-runs.ts'
import { FOLLOWED } from '../support/recorded-follow.ts'

const link = linkMessage(1) as { readonly payload: { readonly data: { readonly magnetlinks: object } } }

/** Messages of the protocol with something else in their places, and what is none. */
const field = fc.constantFrom('cursor', 'communityId', 'clock', 'magnetUri', 'publicKey', 'signature', '__proto__')
const near = fc
  .dictionary(field, fc.oneof(fc.jsonValue(), fc.constantFrom('1', FOLLOWED)), { maxKeys: 1 })
  .map((fields) => ({ data: { magnetlinks: { ...link.payload.data.magnetlinks, ...fields } } }))
const type = fc.constantFrom('next', 'next', 'next', 'error', 'complete', 'ping', 'pong', 'connection_ack', 'subscribe')
const message = fc
  .record({ type, id: fc.constantFrom('1', '1', '1', '2', null), payload: fc.oneof(near, near, fc.jsonValue()) })
  .map((each) => JSON.stringify(each))
const text = fc.oneof({ weight: 9, arbitrary: message }, fc.json(), fc.string(), fc.constant(null))

test('whatever a node sends, nothing is thrown, and nothing but links of the right shape comes through', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 10 }), async (texts) => {
      const ends: FollowFailure[] = []
      let [links, malformed, sent] = [0, 0, 0]
      const subscription = createSubscription({
        communityId: FOLLOWED,
        token: null,
        after: 'START',
        send: () => (sent += 1),
        end: (failure) => ends.push(failure),
        onConnected: () => undefined,
        onMalformed: () => (malformed += 1),
        onLink: async ({ cursor, announcement }) => {
          links += 1
          expect(cursor.length).toBeLessThanOrEqual(256)
          expect(announcement.communityId).toBe(FOLLOWED)
          expect(Number.isSafeInteger(announcement.clock)).toBe(true)
          expect(announcement.magnetUri.length).toBeLessThanOrEqual(8192)
          expect(`${announcement.publicKey} ${announcement.signature}`).toMatch(/^[0-9a-f]{64} [0-9a-f]{128}$/)
          return 'TAKEN'
        },
      })
      subscription.open()
      await subscription.receive('{"type":"connection_ack"}')
      for (const each of texts) await subscription.receive(each)
      const pongs = texts.filter((each) => each !== null && each.includes('"pong"')).length
      // Each message is answered, told of, passed over, or the end.
      expect(ends.length + links + malformed + sent - 2 + pongs).toBeGreaterThanOrEqual(texts.length)
    }),
    { numRuns: FUZZ_RUNS },
  )
})
