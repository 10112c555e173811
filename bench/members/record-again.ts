import { join } from 'node:path'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../../src/domain/time.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { openMessageStore } from '../../src/messages/message-store.ts'
import { decodedMessage } from '../../test/support/encoded-message.ts'
import { TOPIC, type HistoryShape } from './make-history.ts'

const BATCH = 1_000

/**
 * Records the messages of a history in an empty database: what that needs for them, without an archive.
 *
 * @param history The folder in which it was made.
 * @param folder An empty one.
 * @returns Milliseconds.
 */
export async function recordAgain(history: string, { communityId }: HistoryShape, folder: string): Promise<number> {
  const reader = openMessageReader(join(history, 'messages.db'))
  const time = { from: 0 as UnixSeconds, to: LAST_UNIX_SECOND, recordedUpTo: reader.newestSequence() }
  const messages = Array.from(reader.readRange({ communityId, topics: [TOPIC], ...time }), decodedMessage)
  await reader.close()
  const store = openMessageStore(join(folder, 'messages.db'))
  const startedAt = performance.now()
  for (let start = 0; start < messages.length; start += BATCH) {
    await store.record(communityId, messages.slice(start, start + BATCH))
  }
  const tookMs = performance.now() - startedAt
  await store.close()
  return tookMs
}
