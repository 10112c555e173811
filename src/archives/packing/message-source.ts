import type { UnixSeconds } from '../../domain/time.ts'
import type { EncodedMessage } from '../../formats/message-encoding.ts'
import type { Partition } from './partitions.ts'

/**
 * The messages that one run packs: those on the community's topics, as the record stands when the run looks.
 *
 * Wherever they come from, they are ordered by timestamp, then topic as hex, then as recorded, and are read one at a
 * time.
 */
export interface MessageSource {
  /** The messages sent in [from, to). Asked for once for each partition of the run, in order. */
  inRange(from: UnixSeconds, to: UnixSeconds): Iterable<EncodedMessage>

  /**
   * The messages that came too late for the run that their time belongs to. Asked for once, after all ranges.
   *
   * Each group has its true range: from its oldest message to the second after its newest. The groups rise in time and
   * share no second.
   */
  late(): Iterable<MessageGroup>
}

/** Messages that are packed together, into one archive or, if they are too long for one, several of the same range. */
export interface MessageGroup {
  readonly partition: Partition
  readonly messages: Iterable<EncodedMessage>
}
