import { setImmediate } from 'node:timers/promises'
import { CHUNK_BYTES } from '../../domain/archive.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import type { Message } from '../../domain/message.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { chunkBytesOf } from '../../formats/message-encoding.ts'
import type { EncodingFault, MalformedEncoding } from '../../formats/wire-reader.ts'
import { ArchiveScan, isSameMetadata, type ArchiveMetadata } from '../archive-encoding.ts'

/** Why the messages of an archive are not taken. */
export interface ContentRefused {
  readonly code: 'ARCHIVE_MALFORMED' | 'TOO_LARGE' | 'MESSAGE_OUT_OF_RANGE' | 'FOREIGN_TOPIC'
  /** What is malformed; null for the other codes. METADATA_DIFFERS: the archive says another range or other topics than the index. */
  readonly reason: EncodingFault | 'METADATA_DIFFERS' | null
  /** `offset` into the archive, or the number of the `message` in it, from 0. */
  readonly numbers: Readonly<Record<string, number>>
}

/**
 * Looks at every message of an archive, and keeps none: decoded, hostile ones could take a hundred times their bytes.
 *
 * @param bytes The archive without padding.
 * @param expected What its index says that it is about.
 * @returns How many messages it has; the first thing that is wrong with it. Never throws.
 */
export async function checkArchiveContent(
  bytes: Uint8Array,
  expected: ArchiveMetadata,
): Promise<Result<number, ContentRefused>> {
  const scan = new ArchiveScan(bytes)
  const topics = new Set(expected.contentTopics)
  let count = 0
  for (;;) {
    const slice = scan.next()
    if (!slice.ok) return refuseEncoding(slice.error)
    if (slice.value.type === 'END') {
      return isSameMetadata(slice.value.metadata, expected)
        ? ok(count)
        : refuse('ARCHIVE_MALFORMED', 'METADATA_DIFFERS')
    }
    for (const message of slice.value.messages) {
      const code = faultOf(message, expected, topics)
      if (code !== null) return refuse(code, null, { message: count, timestamp: message.timestamp })
      count += 1
    }
    await setImmediate()
  }
}

function faultOf(
  message: Message,
  { from, to }: ArchiveMetadata,
  topics: ReadonlySet<ContentTopic>,
): ContentRefused['code'] | null {
  if (message.timestamp < from || message.timestamp >= to) return 'MESSAGE_OUT_OF_RANGE'
  if (!topics.has(message.topic)) return 'FOREIGN_TOPIC'
  return chunkBytesOf(message) > CHUNK_BYTES ? 'TOO_LARGE' : null
}

function refuseEncoding({ reason, offset }: MalformedEncoding): Result<never, ContentRefused> {
  return reason === 'TOO_LONG' ? refuse('TOO_LARGE', null, { offset }) : refuse('ARCHIVE_MALFORMED', reason, { offset })
}

function refuse(
  code: ContentRefused['code'],
  reason: ContentRefused['reason'],
  numbers: ContentRefused['numbers'] = {},
): Result<never, ContentRefused> {
  return err({ code, reason, numbers })
}
