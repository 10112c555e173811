import * as fc from 'fast-check'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../../src/domain/time.ts'

/** Any topic. */
export const arbitraryTopic: fc.Arbitrary<ContentTopic> = fc
  .integer({ min: 0, max: 0xffff_ffff })
  .map((number) => `0x${number.toString(16).padStart(8, '0')}` as ContentTopic)

/** Any time that readers of archives can hold, the first and the last among them. */
export const arbitrarySecond: fc.Arbitrary<UnixSeconds> = fc
  .integer({ min: 0, max: LAST_UNIX_SECOND })
  .map((second) => second as UnixSeconds)

/** Any message with short fields, empty ones among them. */
export const arbitraryMessage: fc.Arbitrary<Message> = fc.record({
  sig: fc.uint8Array({ maxLength: 70 }),
  timestamp: arbitrarySecond,
  topic: arbitraryTopic,
  payload: fc.uint8Array({ maxLength: 300 }),
  padding: fc.uint8Array({ maxLength: 20 }),
  hash: fc.uint8Array({ maxLength: 32 }),
  thirdPartyId: fc.string({ unit: 'binary', maxLength: 40 }),
})
