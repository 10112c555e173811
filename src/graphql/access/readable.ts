import { mayRead, type Grant } from '../../domain/access.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { DomainEvent } from '../../domain/events.ts'
import type { GraphqlContext } from '../context.ts'

/** Who asks. */
export type Asking = Pick<GraphqlContext, 'caller'>

/** What the caller may do at this moment: null for nobody in particular, and for who may no longer speak. */
export function grantOf({ caller }: Asking): Grant | null {
  return caller === null || caller.ended?.aborted === true ? null : caller.grant
}

/** Whether the caller may read of a community, or of the node as a whole, where that is null. */
export function canRead(context: Asking, communityId: CommunityId | null): boolean {
  const grant = grantOf(context)
  return grant !== null && mayRead(grant, communityId)
}

/** Whether the caller may be told of an event. */
export function canHear(context: Asking, event: DomainEvent): boolean {
  return canRead(context, 'communityId' in event ? event.communityId : null)
}

/** The communities that lists show the caller; null for all. */
export function readableIds(context: Asking): readonly CommunityId[] | null {
  const grant = grantOf(context)
  return grant === null ? [] : grant.communityIds
}
