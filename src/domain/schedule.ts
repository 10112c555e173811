import type { KnownCommunity } from './community.ts'
import type { ArchiveFailureCode } from './failure-codes.ts'
import type { NodeState } from './node.ts'
import { secondOf, type UnixMillis, type UnixSeconds } from './time.ts'

/** Why no archive of a community is created by itself. */
export type Suspension =
  | 'SWITCHED_OFF'
  | 'LEFT'
  | 'NOT_CONTROL_NODE'
  | 'ARCHIVING_DISABLED'
  | 'SEEDING_WITHDRAWN'
  | 'PROTOCOL_DISABLED'
  | 'OFFLINE'
  | 'NO_CONTENT_TOPICS'

/** What comes next of itself. A planned time that has passed means now. */
export type Schedule =
  | { readonly status: 'SUSPENDED'; readonly because: Suspension }
  | { readonly status: 'RUNNING' | 'WAITING_FOR_MESSAGE' }
  | { readonly status: 'PLANNED'; readonly at: UnixMillis }

/** What decides when the next archive of a community is created by itself. Times are as recorded. */
export interface ScheduleFacts {
  /** Where the last run that ended well ended. */
  readonly archivedUpTo: UnixSeconds | null
  /** When the oldest message was sent; counts before the first run alone. */
  readonly oldestMessageAt: UnixSeconds | null
  /** When the oldest late message was sent; counts while `archivedUpTo` lies in the future alone. */
  readonly oldestLateAt: UnixSeconds | null
  readonly intervalSeconds: number
  readonly partitionSeconds: number
}

/** Runs of a community that failed, one after the other, since one ended well. */
export interface FailedRuns {
  readonly count: number
  readonly lastAt: UnixMillis
  /** Why the last one did. */
  readonly code: ArchiveFailureCode
}

/** A range of seconds: in at `from`, out at `to`. Empty where only late messages are packed. */
export interface ScheduledRange {
  readonly from: UnixSeconds
  readonly to: UnixSeconds
}

/**
 * When the next run is due: one interval, and at least one whole partition, after the end of the last one, or after the
 * oldest message. Null: there is nothing to archive yet.
 *
 * A run that ends in the future was made under a clock that ran ahead. So as not to wait for that future, the oldest
 * late message counts in its place: by then all new messages are late.
 */
export function dueAtOf(facts: ScheduleFacts, now: UnixSeconds): UnixSeconds | null {
  const { archivedUpTo, oldestMessageAt, oldestLateAt, intervalSeconds, partitionSeconds } = facts
  const isAhead = archivedUpTo !== null && archivedUpTo > now
  const base = isAhead ? Math.min(archivedUpTo, oldestLateAt ?? archivedUpTo) : (archivedUpTo ?? oldestMessageAt)
  return base === null ? null : ((base + Math.max(intervalSeconds, partitionSeconds)) as UnixSeconds)
}

/** The whole partitions that have ended by now; none of them where `from` lies in the future. */
export function scheduledRangeOf(from: UnixSeconds, now: UnixSeconds, partitionSeconds: number): ScheduledRange {
  const partitions = Math.max(0, Math.floor((now - from) / partitionSeconds))
  return { from, to: (from + partitions * partitionSeconds) as UnixSeconds }
}

const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 3_600_000

/** When the run after failed ones may be tried: at once after a first interruption, else ever later, up to an hour. */
export function retryAtOf({ count, lastAt, code }: FailedRuns): UnixMillis {
  // The end of its process says nothing against the next run.
  if (count === 1 && code === 'INTERRUPTED') return lastAt
  return (lastAt + Math.min(FIRST_WAIT_MS * 2 ** (count - 1), LONGEST_WAIT_MS)) as UnixMillis
}

/**
 * What bars the runs of a community that come by themselves; null when nothing does. The widest reason first.
 *
 * @param isSwitchedOn The node's own setting.
 */
export function suspensionOf(
  community: Pick<KnownCommunity, 'status' | 'role' | 'archiving' | 'seeding' | 'contentTopics'>,
  node: Pick<NodeState, 'protocol' | 'network'>,
  isSwitchedOn: boolean,
): Suspension | null {
  if (!isSwitchedOn) return 'SWITCHED_OFF'
  if (community.status === 'LEFT') return 'LEFT'
  if (community.role !== 'CONTROL_NODE') return 'NOT_CONTROL_NODE'
  if (community.archiving === 'DISABLED') return 'ARCHIVING_DISABLED'
  if (community.seeding === 'WITHDRAWN') return 'SEEDING_WITHDRAWN'
  if (node.protocol === 'DISABLED') return 'PROTOCOL_DISABLED'
  if (node.network === 'OFFLINE') return 'OFFLINE'
  return community.contentTopics.length === 0 ? 'NO_CONTENT_TOPICS' : null
}

/** When the next run comes by itself, of a community where nothing bars it and none is under way. */
export function plannedOf(facts: ScheduleFacts, failedRuns: FailedRuns | null, now: UnixMillis): Schedule {
  const dueAt = dueAtOf(facts, secondOf(now))
  if (dueAt === null) return { status: 'WAITING_FOR_MESSAGE' }
  // The log knows no earlier time than its latest: after a clock that ran ahead, a failure lies in that future, and
  // nothing says when it happened.
  const isAhead = failedRuns !== null && failedRuns.lastAt > now + LONGEST_WAIT_MS
  const retryAt = failedRuns === null || isAhead ? 0 : retryAtOf(failedRuns)
  return { status: 'PLANNED', at: Math.max(dueAt * 1000, retryAt) as UnixMillis }
}
