import type { Kysely } from 'kysely'
import { PARTITION_SECONDS } from '../../domain/archive.ts'
import { DEFAULT_INTERVAL_SECONDS } from '../../domain/community-settings.ts'
import { plannedOf, suspensionOf, type Schedule, type ScheduleFacts } from '../../domain/schedule.ts'
import { secondOf, type UnixMillis } from '../../domain/time.ts'
import type { LateMessages } from '../../messages/late-messages.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import { readCommunities, type CommunityRow } from '../../projections/communities.ts'
import { readNode, type NodeRow } from '../../projections/nodes.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readRunningRuns } from '../../projections/runs.ts'
import type { ScheduledCommunity } from '../../reactors/scheduling-reactor.ts'

export interface SchedulePorts {
  readonly db: Kysely<ReadModels>
  readonly messages: Pick<MessageStore, 'oldestMessageAt' | 'newestSequence' | 'lateTotals'>
  readonly now: () => UnixMillis
  /** The node's own setting. */
  readonly isSwitchedOn: boolean
}

/** The messages of a community that came in after its last run had looked, and are older than that run's end. */
function lateMessagesOf(
  { communityId, contentTopics: topics, archivedUpTo, recordedUpTo: recordedAfter }: CommunityRow,
  messages: Pick<MessageStore, 'newestSequence'>,
): LateMessages | null {
  if (archivedUpTo === null) return null
  return { communityId, topics, before: archivedUpTo, recordedAfter, recordedUpTo: messages.newestSequence() }
}

/** How many messages of a community are late; none before its first run. */
export function countLate(community: CommunityRow, messages: SchedulePorts['messages']): number {
  const late = lateMessagesOf(community, messages)
  return late === null ? 0 : messages.lateTotals(late).messages
}

/** What the messages say about when the next run of a community is due. */
export function messageTimesOf(
  community: CommunityRow,
  { messages, now }: Pick<SchedulePorts, 'messages' | 'now'>,
): Pick<ScheduleFacts, 'oldestMessageAt' | 'oldestLateAt'> {
  const { communityId, contentTopics, archivedUpTo } = community
  // Each is asked for only where it counts, as both have to look at messages.
  const late = lateMessagesOf(community, messages)
  const isAhead = archivedUpTo !== null && archivedUpTo > secondOf(now())
  return {
    oldestMessageAt: archivedUpTo === null ? messages.oldestMessageAt(communityId, contentTopics) : null,
    oldestLateAt: isAhead && late !== null ? messages.lateTotals(late).oldestAt : null,
  }
}

/** Says when the next archive of a community comes by itself. */
export function createScheduleReader(ports: SchedulePorts): (community: CommunityRow) => Promise<Schedule> {
  return async (community) => {
    const [node, runs] = await Promise.all([readNode(ports.db), readRunningRuns(ports.db)])
    const isRunning = runs.some(({ communityId }) => communityId === community.communityId)
    return scheduleOf(community, node, isRunning, ports)
  }
}

/** Reads the schedules of all communities that have one. */
export function createSchedulesReader(ports: SchedulePorts): () => Promise<readonly ScheduledCommunity[]> {
  const { db } = ports
  return async () => {
    const [node, runs, communities] = await Promise.all([readNode(db), readRunningRuns(db), readCommunities(db, {})])
    const running = new Set(runs.map(({ communityId }) => communityId))
    return communities.map((community) => {
      const { communityId } = community
      return { communityId, schedule: scheduleOf(community, node, running.has(communityId), ports) }
    })
  }
}

function scheduleOf(community: CommunityRow, node: NodeRow, isRunning: boolean, ports: SchedulePorts): Schedule {
  const because = suspensionOf(community, node, ports.isSwitchedOn)
  if (because !== null) return { status: 'SUSPENDED', because }
  if (isRunning) return { status: 'RUNNING' }
  const { archivedUpTo, settings, failedRuns } = community
  const intervalSeconds = settings.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS
  const facts = { archivedUpTo, intervalSeconds, partitionSeconds: PARTITION_SECONDS }
  return plannedOf({ ...facts, ...messageTimesOf(community, ports) }, failedRuns, ports.now())
}
