import { join } from 'node:path'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../../src/domain/time.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'

/**
 * Reads all messages that a node has of a community, whether it runs or not.
 *
 * @param contentTopics The topics to read.
 * @returns Their encodings in hex, by timestamp and topic.
 */
export async function readRecordedMessages(
  dataDir: string,
  communityId: string,
  contentTopics: readonly string[],
): Promise<readonly string[]> {
  const reader = openMessageReader(join(dataDir, 'messages.db'))
  try {
    const time = { from: 0 as UnixSeconds, to: LAST_UNIX_SECOND, recordedUpTo: Number.MAX_SAFE_INTEGER }
    const about = { communityId: communityId as CommunityId, topics: contentTopics as readonly ContentTopic[] }
    return Array.from(reader.readRange({ ...about, ...time }), ({ bytes }) => Buffer.from(bytes).toString('hex'))
  } finally {
    await reader.close()
  }
}
