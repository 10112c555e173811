import type { CommunityId } from '../domain/community-id.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { WallClock } from './wall-clock.ts'

/** A node that is to be followed. */
export interface NodeToFollow {
  readonly communityId: CommunityId
  readonly url: FollowUrl
}

/** A node that is being followed. */
export interface FollowedNode {
  /** Ends soon; settles when no link is being handled. */
  stop(): Promise<void>
}

export interface FollowingPorts<Node extends NodeToFollow, Followed extends FollowedNode> {
  /** Those of communities that fetch now. */
  readonly readFollows: () => Promise<readonly Node[]>
  /** Listens until it is stopped, over any break. */
  readonly follow: (node: Node) => Promise<Followed>
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

/** A reactor that listens, and says to whom. */
export interface FollowingReactor<Followed extends FollowedNode> extends Reactor {
  /** Null where the node is not listened to. */
  followed(communityId: CommunityId, url: FollowUrl): Followed | null
  /** Begins anew with the node, as what lets this one in there has changed. Nothing where it is not listened to. */
  renew(communityId: CommunityId, url: FollowUrl): Promise<void>
}

/** Listens to the nodes that are followed, and to no others. */
export function createFollowingReactor<Node extends NodeToFollow, Followed extends FollowedNode>(
  ports: FollowingPorts<Node, Followed>,
): FollowingReactor<Followed> {
  const { readFollows, follow, wallClock, onFault } = ports
  const followed = new Map<string, Followed>()
  /** Those that are begun with anew. */
  const outdated = new Set<string>()
  const reactor = createReactor({ name: 'following', react, wallClock, onFault })

  async function react(): Promise<null> {
    const wanted = new Map((await readFollows()).map((node) => [keyOf(node.communityId, node.url), node]))
    const anew = new Set(outdated)
    outdated.clear()
    await Promise.all([...followed.keys()].filter((key) => anew.has(key) || !wanted.has(key)).map(end))
    const missing = [...wanted].filter(([key]) => !followed.has(key))
    const begun = missing.map(async ([key, node]) => void followed.set(key, await follow(node)))
    // One that cannot be begun with keeps no other back.
    await Promise.allSettled(begun)
    await Promise.all(begun)
    return null
  }

  async function end(key: string): Promise<void> {
    const node = followed.get(key)
    followed.delete(key)
    await node?.stop()
  }

  return {
    ...reactor,
    followed: (communityId, url) => followed.get(keyOf(communityId, url)) ?? null,
    async renew(communityId, url) {
      outdated.add(keyOf(communityId, url))
      reactor.wake()
      await reactor.settled()
    },
    async stop() {
      await reactor.stop()
      await Promise.all([...followed.keys()].map(end))
    },
  }
}

function keyOf(communityId: CommunityId, url: FollowUrl): string {
  return `${communityId} ${url}`
}
