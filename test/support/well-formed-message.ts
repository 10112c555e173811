import type { Message } from '../../src/domain/message.ts'

/** Text as UTF-8 can hold it: half a surrogate pair becomes U+FFFD. */
export function toWellFormed(message: Message): Message {
  return { ...message, thirdPartyId: message.thirdPartyId.toWellFormed() }
}
