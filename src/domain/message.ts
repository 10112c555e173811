import type { ContentTopic } from './content-topic.ts'
import type { UnixSeconds } from './time.ts'

/** A message of a community, as it travels and as it is archived. Byte fields may be empty. */
export interface Message {
  readonly sig: Uint8Array
  readonly timestamp: UnixSeconds
  readonly topic: ContentTopic
  readonly payload: Uint8Array
  readonly padding: Uint8Array
  /** The name that the sender's network gave it; empty when it gave none. */
  readonly hash: Uint8Array
  /** Where a bridge took it from, such as `discord:123`; empty for the community's own. */
  readonly thirdPartyId: string
}

/**
 * The longest encoding of a message that is recorded, in bytes.
 *
 * Payload and signature are bounded by an archive's 30,000,000; this bounds the other fields too.
 */
export const MAX_MESSAGE_BYTES = 31_000_000
