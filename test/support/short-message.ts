import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'

/** A message of a few bytes, with one empty field. */
export const SHORT_MESSAGE: Message = {
  sig: new Uint8Array([1]),
  timestamp: 300 as UnixSeconds,
  topic: '0x01020304' as ContentTopic,
  payload: new Uint8Array([9, 9]),
  padding: new Uint8Array(0),
  hash: new Uint8Array([7]),
  thirdPartyId: 'd:1',
}
