import type { CommunityId } from '../../domain/community-id.ts'
import type { DomainEvent, EventType } from '../../domain/events.ts'
import type { Position, Recorded } from '../../events/recorded-event.ts'
import type { GraphqlContext } from '../context.ts'
import { createLane } from '../lane.ts'
import { formatCursor, parseCursor } from '../scalars/cursor.ts'
import { guardStream } from '../transport/guarded-stream.ts'
import { untilEnded } from './until-ended.ts'

/** A recorded event and where a subscription goes on after it. */
export interface Delivered<Event extends DomainEvent = DomainEvent> {
  readonly cursor: string
  readonly recorded: Recorded<Event>
}

/** Which events of the log a subscriber is told of. */
export interface StreamFilter<Type extends EventType> {
  readonly isWanted: (type: EventType) => type is Type
  /** Events of other communities are left out; those of the whole node never are. */
  readonly communityId: CommunityId | null | undefined
  /**
   * What the caller may know of an event. Asked for each event anew, as rights end while somebody listens: about those
   * that are wanted, and those that may have changed it.
   */
  readonly access: (event: DomainEvent) => EventAccess | Promise<EventAccess>
}

/** SHOWN; HIDDEN: as if it had not been; OVER: neither this nor any other event is shown from here on. */
export type EventAccess = 'SHOWN' | 'HIDDEN' | 'OVER'

/** All subscribers wait for the same event: so many are told of it before anything else has its turn. */
const TOLD_AT_ONCE = 4
const telling = createLane(TOLD_AT_ONCE)

/** What an event may change about who reads the events of its community. */
const CHANGES_OF_ACCESS: ReadonlySet<EventType> = new Set(['SettingsChanged', 'CommunityLeft'])

/**
 * Follows the log from a cursor, or from now on.
 *
 * Pulls from the log what it is asked for, one event after the other, and holds none: a slow subscriber is
 * read to from disk later. `return` lets go of the log at once, also while `next` waits.
 *
 * @param after A cursor, `START`, or null for live from now. What an SSE client received last counts more.
 * @throws GraphQLError when the cursor is malformed or of another log.
 */
export function followEvents<Type extends EventType>(
  after: string | null | undefined,
  { isWanted, communityId, access }: StreamFilter<Type>,
  context: GraphqlContext,
): AsyncIterableIterator<Delivered<Extract<DomainEvent, { readonly type: Type }>>> {
  const { log, operation } = context
  const abort = new AbortController()
  const source = log.tail(startOf(after, context), abort.signal)[Symbol.asyncIterator]()

  async function pull(): Promise<Delivered<Extract<DomainEvent, { readonly type: Type }>> | undefined> {
    for (;;) {
      const { done, value } = await source.next()
      if (done === true) return undefined
      const { event } = value
      if (!concerns(event, communityId) || !(isWanted(event.type) || CHANGES_OF_ACCESS.has(event.type))) continue
      await telling.enter()
      const shown = await access(event)
      if (shown === 'OVER') return undefined
      if (shown === 'HIDDEN' || !isOf(value, isWanted)) continue
      const cursor = formatCursor(value.position, context)
      operation.delivered = cursor
      return { cursor, recorded: value }
    }
  }

  async function release(): Promise<void> {
    abort.abort()
    await source.return?.()
  }

  return guardStream(untilEnded({ pull, release }, context), context)
}

function startOf(after: string | null | undefined, context: GraphqlContext): Position {
  const cursor = context.operation.lastEventId ?? after
  return cursor == null ? context.log.head() : parseCursor(cursor, context)
}

function isOf<Type extends EventType>(
  recorded: Recorded,
  isWanted: (type: EventType) => type is Type,
): recorded is Recorded<Extract<DomainEvent, { readonly type: Type }>> & typeof recorded {
  return isWanted(recorded.event.type)
}

function concerns(event: DomainEvent, communityId: CommunityId | null | undefined): boolean {
  return communityId == null || !('communityId' in event) || event.communityId === communityId
}
