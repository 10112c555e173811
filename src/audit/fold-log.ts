import type { CommunityId } from '../domain/community-id.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { CommunityAt } from './community-at.ts'
import { createCommunityFold, type CommunityFold } from './fold-community.ts'
import { createNodeFold, type NodeAt } from './node-at.ts'

/** A node and its communities as they were at a moment. */
export interface StateAt {
  readonly node: NodeAt
  /** Those that were ever added, in the order of their first events. */
  readonly communities: ReadonlyMap<CommunityId, CommunityAt>
}

/** The past of a whole log, or of some of its streams, event by event. */
export interface LogFold {
  /** Takes in the next event. */
  readonly apply: (recorded: Pick<Recorded, 'event' | 'recordedAt'>) => void
  /** How all stands now. Later events do not change what was handed out. */
  readonly state: () => StateAt
}

/** Begins before the first event. */
export function createLogFold(): LogFold {
  const node = createNodeFold()
  const communities = new Map<CommunityId, CommunityFold>()
  return {
    apply({ event, recordedAt }) {
      if (!('communityId' in event)) {
        node.apply(event, recordedAt)
        return
      }
      let fold = communities.get(event.communityId)
      if (fold === undefined) {
        fold = createCommunityFold()
        communities.set(event.communityId, fold)
      }
      fold.apply(event, recordedAt)
    },
    state: () => ({
      node: node.state(),
      communities: new Map(
        [...communities].flatMap(([communityId, fold]) => {
          const state = fold.state()
          return state === null ? [] : [[communityId, state] as const]
        }),
      ),
    }),
  }
}
