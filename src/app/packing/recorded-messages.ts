import type { MessageSource } from '../../archives/packing/message-source.ts'
import type { PackingRequest } from '../../archives/packing/packing-request.ts'
import type { ReadMessagesOfRange } from '../../archives/repair/recorded-messages.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { LateRange } from '../../messages/late-messages.ts'
import { freedMessages } from '../../messages/freed-messages.ts'
import type { MessageReader } from '../../messages/message-reader.ts'

/** Which recorded messages a run packs. The same run names the same ones again, whatever comes in meanwhile. */
export interface RunMessages extends Pick<
  PackingRequest,
  'communityId' | 'from' | 'to' | 'contentTopics' | 'partitionSeconds'
> {
  /** What the last run before looked at; 0 where none did. Older messages that came in later are late. */
  readonly recordedAfter: number
  /** The newest message that the run looks at. */
  readonly recordedUpTo: number
}

/** The late messages of a run, in groups whose range is as long as a partition at most. */
export function lateRangesOf(reader: MessageReader, run: RunMessages): readonly LateRange[] {
  const { communityId, contentTopics: topics, from: before, recordedAfter, recordedUpTo, partitionSeconds } = run
  return reader.lateRanges({ communityId, topics, before, recordedAfter, recordedUpTo }, partitionSeconds)
}

/**
 * Reads a run's messages from the record as packing wants them.
 *
 * @returns Messages that are good until the next one is asked for.
 */
export function recordedMessages(reader: MessageReader, run: RunMessages): MessageSource {
  const { communityId, contentTopics: topics, recordedAfter, recordedUpTo } = run
  const all = { communityId, topics, recordedUpTo }
  return {
    inRange: (from, to) => freedMessages(reader.readRange({ ...all, from, to })),
    *late() {
      for (const { from, to } of lateRangesOf(reader, run)) {
        const partition = { from, to }
        yield { partition, messages: freedMessages(reader.readRange({ ...all, ...partition, recordedAfter })) }
      }
    },
  }
}

/** Reads a community's messages again, as mending wants them. Each is good until the next one is asked for. */
export function messagesOfRange(
  reader: Pick<MessageReader, 'readRange'>,
  communityId: CommunityId,
): ReadMessagesOfRange {
  return ({ contentTopics: topics, ...range }) => freedMessages(reader.readRange({ ...range, communityId, topics }))
}
