import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import type { Execute } from '../commands/command-meta.ts'
import type { RunId } from '../domain/archive.ts'
import { secondOf } from '../domain/time.ts'
import type { CorrelationId } from '../events/recorded-event.ts'
import { readCommunity } from '../projections/communities.ts'
import { readNode } from '../projections/nodes.ts'
import type { SchedulingPorts } from '../reactors/scheduling-reactor.ts'
import { err } from '../domain/result.ts'
import { messageTimesOf, type SchedulePorts } from './schedules.ts'

/** Wishes for the runs that are due, in the name of the schedule, with what is known of the world. */
export function createScheduledRuns(
  ports: SchedulePorts & { readonly execute: Execute },
): SchedulingPorts['createArchive'] {
  const { db, now, execute } = ports
  return async (communityId) => {
    const [community, node] = await Promise.all([readCommunity(db, communityId), readNode(db)])
    if (community === null) return err({ type: 'CommunityNotFound' })
    const command = {
      type: 'CreateScheduledArchive',
      communityId,
      runId: v7() as RunId,
      now: secondOf(now()),
      ...messageTimesOf(community, ports),
      protocolEnabled: node.protocol === 'ENABLED',
    } as const
    const correlationId = randomUUID() as CorrelationId
    return execute(command, { actor: 'schedule', correlationId, causationId: null, idempotency: null })
  }
}
