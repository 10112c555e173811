import { answerOnce } from '../../commands/earlier-answer.ts'
import type { Execute } from '../../commands/command-meta.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { ok } from '../../domain/result.ts'
import type { EventLog } from '../../events/event-log.ts'
import type { CorrelationId } from '../../events/recorded-event.ts'
import type { Wishes } from '../../graphql/wishes.ts'
import type { Erased } from './erase-community.ts'

export interface ForgetCommunityPorts {
  readonly log: EventLog
  readonly execute: Execute
  /** Ends what goes on with the community's files, and does the work while nobody writes to them. */
  readonly alone: <Value>(communityId: CommunityId, work: () => Promise<Value>) => Promise<Value>
  /** Deletes all that is kept of a community beside the log. */
  readonly erase: (communityId: CommunityId) => Promise<Erased>
  /** Is told why something could not be deleted. */
  readonly onFault: (fault: unknown, correlationId: CorrelationId) => void
}

/**
 * Forgets a community that was purged. As with purging, the event comes first: a crash behind it is mended at the next
 * start, and the other way round nobody would know that something was to be deleted.
 */
export function createForgetCommunity({
  log,
  execute,
  alone,
  erase,
  onFault,
}: ForgetCommunityPorts): Wishes['forgetCommunity'] {
  return async (communityId, meta) =>
    answerOnce(log, 'ForgetCommunity', meta, async (): ReturnType<Wishes['forgetCommunity']> =>
      alone(communityId, async () => {
        // The key counts for the whole wish, whose answer tells what was deleted.
        const granted = await execute({ type: 'ForgetCommunity', communityId }, { ...meta, idempotency: null })
        if (!granted.ok) return granted
        const { messages, failed } = await erase(communityId)
        if (failed.length > 0) onFault(cannotErase(communityId, failed), meta.correlationId)
        return ok({ messages, isErased: failed.length === 0, position: granted.value.position })
      }),
    )
}

function cannotErase(communityId: CommunityId, failed: readonly unknown[]): Error {
  return new AggregateError(failed, `Cannot delete all of community ${communityId}, which was forgotten`)
}
