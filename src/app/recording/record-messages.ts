import { answerOnce } from '../../commands/earlier-answer.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Message } from '../../domain/message.ts'
import { err, ok } from '../../domain/result.ts'
import type { EventLog } from '../../events/event-log.ts'
import type { RejectedMessage, Wishes } from '../../graphql/wishes.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import { parseMessage } from '../../messages/parse-message.ts'
import type { CommunityRow } from '../../projections/communities.ts'

export interface RecordMessagesPorts {
  readonly log: EventLog
  readonly messages: MessageStore
  readonly readCommunity: (communityId: CommunityId) => Promise<CommunityRow | null>
  /** Told that messages of the community came in, once they are on the disk. */
  readonly onRecorded: (communityId: CommunityId) => void
}

/** Records messages; a bad one does not keep the others out. */
export function createRecordMessages(ports: RecordMessagesPorts): Wishes['recordMessages'] {
  const { log, messages, readCommunity, onRecorded } = ports
  return async (communityId, inputs, meta) =>
    answerOnce(log, 'RecordMessages', meta, async (): ReturnType<Wishes['recordMessages']> => {
      const community = await readCommunity(communityId)
      if (community === null) return err({ type: 'CommunityNotFound' })
      if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
      const { good, indexes, rejected } = separate(inputs)
      const { recorded, duplicates, conflicts } = await messages.record(communityId, good)
      if (recorded > 0) onRecorded(communityId)
      const conflicting = conflicts.map((conflict) => ({ index: indexes[conflict] ?? conflict, code: 'CONFLICT' }))
      const all = [...rejected, ...conflicting].toSorted((one, other) => one.index - other.index)
      return ok({ recorded, duplicates, rejected: all })
    })
}

/** @returns The good messages with the index that each had in the call, and what is wrong with the others. */
function separate(inputs: readonly unknown[]): {
  readonly good: readonly Message[]
  readonly indexes: readonly number[]
  readonly rejected: readonly RejectedMessage[]
} {
  const good: Message[] = []
  const indexes: number[] = []
  const rejected: RejectedMessage[] = []
  inputs.forEach((input, index) => {
    const parsed = parseMessage(input)
    if (parsed.ok) {
      good.push(parsed.value)
      indexes.push(index)
    } else {
      rejected.push({ index, code: parsed.error.code })
    }
  })
  return { good, indexes, rejected }
}
