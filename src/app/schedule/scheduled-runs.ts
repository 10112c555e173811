import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import type { Execute } from '../../commands/command-meta.ts'
import { PARTITION_SECONDS, type RunId } from '../../domain/archive.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { scheduledRangeOf, type ScheduleFacts } from '../../domain/schedule.ts'
import { secondOf, type UnixSeconds } from '../../domain/time.ts'
import type { CorrelationId } from '../../events/recorded-event.ts'
import { readCommunity, type CommunityRow } from '../../projections/communities.ts'
import { readNode } from '../../projections/nodes.ts'
import type { SchedulingPorts } from '../../reactors/scheduling-reactor.ts'
import type { CheckPrevious } from '../packing/check-previous.ts'
import type { CheckSpace } from '../packing/check-space.ts'
import { messageTimesOf, type SchedulePorts } from './schedules.ts'

export interface ScheduledRunsPorts extends SchedulePorts {
  readonly execute: Execute
  readonly checkSpace: CheckSpace
  readonly checkPrevious: CheckPrevious
}

/** Wishes for the runs that are due, in the name of the schedule, with what is known of the world. */
export function createScheduledRuns(ports: ScheduledRunsPorts): SchedulingPorts['createArchive'] {
  const { db, execute } = ports
  return async (communityId) => {
    const now = secondOf(ports.now())
    const [community, node] = await Promise.all([readCommunity(db, communityId), readNode(db)])
    if (community === null) return err({ type: 'CommunityNotFound' })
    const times = messageTimesOf(community, ports)
    const checked = await checkAgain(community, times, now, ports)
    if (!checked.ok) return checked
    const protocolEnabled = node.protocol === 'ENABLED'
    const wish = { communityId, runId: v7() as RunId, now, ...times, protocolEnabled }
    const correlationId = randomUUID() as CorrelationId
    const meta = { actor: 'schedule', correlationId, causationId: null, idempotency: null } as const
    return execute({ type: 'CreateScheduledArchive', ...wish }, meta)
  }
}

/**
 * A run that failed for want of room, or of the files of before, is not begun again before they are there: it would only be
 * recorded twice.
 */
async function checkAgain(
  { communityId, contentTopics, archivedUpTo, recordedUpTo, failedRuns }: CommunityRow,
  { oldestMessageAt }: Pick<ScheduleFacts, 'oldestMessageAt'>,
  now: UnixSeconds,
  { checkSpace, checkPrevious }: ScheduledRunsPorts,
): Promise<Result<null, { readonly type: string }>> {
  if (failedRuns?.code === 'FILES_DAMAGED') return checkPrevious(communityId)
  const from = archivedUpTo ?? oldestMessageAt
  const wasForRoom = failedRuns?.code === 'DISK_FULL' || failedRuns?.code === 'QUOTA_EXCEEDED'
  if (!wasForRoom || from === null) return ok(null)
  const range = scheduledRangeOf(from, now, PARTITION_SECONDS)
  const partitionSeconds = PARTITION_SECONDS
  return checkSpace({ communityId, ...range, contentTopics, partitionSeconds, recordedAfter: recordedUpTo })
}
