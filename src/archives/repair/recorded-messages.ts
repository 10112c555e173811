import type { ContentTopic } from '../../domain/content-topic.ts'
import type { UnixSeconds } from '../../domain/time.ts'
import type { EncodedMessage } from '../../formats/message-encoding.ts'
import type { RecordedArchive } from './recorded-version.ts'

/** Which recorded messages to read again. */
export interface MessagesOfRange {
  /** Those sent in [from, to) on these topics. */
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
  /** With a sequence number above `recordedAfter`, and up to `recordedUpTo`. */
  readonly recordedAfter: number
  readonly recordedUpTo: number
}

/**
 * Reads them by timestamp, then topic as hex, then in the order recorded. A message is used before the next one is
 * asked for, and not after. The same range is read up to three times.
 */
export type ReadMessagesOfRange = (range: MessagesOfRange) => Iterable<EncodedMessage>

/** The archives of one run that share a time range, by offset: the chunks that its messages were cut into. */
export type Chunks = readonly RecordedArchive[]

/** The archives of a version by the messages that they were packed from. */
export function chunksByRange(archives: readonly RecordedArchive[]): readonly Chunks[] {
  const ranges: RecordedArchive[][] = []
  for (const archive of archives) {
    const chunks = ranges.at(-1)
    const [first] = chunks ?? []
    if (chunks !== undefined && first !== undefined && isSameRange(first, archive)) chunks.push(archive)
    else ranges.push([archive])
  }
  return ranges
}

/** Which messages the archive, and the chunks beside it, were packed from. */
export function messagesOf({ entry, contentTopics, recordedAfter, recordedUpTo }: RecordedArchive): MessagesOfRange {
  return { from: entry.from, to: entry.to, contentTopics, recordedAfter, recordedUpTo }
}

function isSameRange(one: RecordedArchive, other: RecordedArchive): boolean {
  return (
    one.entry.from === other.entry.from &&
    one.entry.to === other.entry.to &&
    one.recordedAfter === other.recordedAfter &&
    one.recordedUpTo === other.recordedUpTo
  )
}
