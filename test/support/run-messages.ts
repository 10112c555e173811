import type { MessageSource } from '../../src/archives/packing/message-source.ts'
import type { PackingRequest } from '../../src/archives/packing/packing-request.ts'
import type { RunId } from '../../src/domain/archive.ts'
import type { MessageReader } from '../../src/messages/message-reader.ts'

/** A run that a log says is under way, and what it packs. */
export interface ArchiveRun {
  readonly runId: RunId
  readonly request: PackingRequest
  readonly recordedUpTo: number
}

/** The messages of a run; none came late. */
export function messagesOf(
  messages: Pick<MessageReader, 'readRange'>,
  { request: { communityId, contentTopics: topics }, recordedUpTo }: Omit<ArchiveRun, 'runId'>,
): MessageSource {
  return {
    inRange: (from, to) => messages.readRange({ communityId, from, to, topics, recordedUpTo }),
    late: () => [],
  }
}
