import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { rowOf } from './message-row.ts'
import type { MessageWriter } from './message-writer.ts'
import type { Steps } from './write-queue.ts'

/** What became of messages that were given to be recorded. */
export interface RecordOutcome {
  readonly recorded: number
  /** How many were recorded before, with the very same bytes. */
  readonly duplicates: number
  /** Indexes of those whose key is taken by other bytes. The first keeps it. */
  readonly conflicts: readonly number[]
}

/** Records messages one by one, in the order given. */
export function* recordMessages(
  writer: MessageWriter,
  communityId: CommunityId,
  messages: readonly Message[],
): Steps<RecordOutcome> {
  let recorded = 0
  let duplicates = 0
  const conflicts: number[] = []
  if (messages.length === 0) return { recorded, duplicates, conflicts }
  const community = writer.numberOf(communityId)
  for (const [index, message] of messages.entries()) {
    const row = rowOf(message)
    const { written } = writer.record(community, row)
    if (written === 'RECORDED') recorded += 1
    else if (written === 'DUPLICATE') duplicates += 1
    else conflicts.push(index)
    yield row.bytes
  }
  return { recorded, duplicates, conflicts }
}
