import { onTestFinished } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import { followMagnetlinks, type Follow, type FollowOptions } from '../../src/following/follow-magnetlinks.ts'
import type { FollowState } from '../../src/following/follow-state.ts'
import type { FollowedLink } from '../../src/following/read-link.ts'
import { communityNumber } from './sample-events.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'

/** A followed node, with all that was told of it. */
export interface RecordedFollow {
  readonly follow: Follow
  readonly clock: MovableClock
  readonly links: readonly FollowedLink[]
  readonly states: readonly FollowState[]
  readonly faults: readonly unknown[]
  /** Settles once it was told of so many links. */
  hasLinks(count: number): Promise<void>
  /** The last state once it waits for the n-th time. */
  waits(times?: number): Promise<Extract<FollowState, { readonly status: 'WAITING' }>>
  /** Settles once it was connected for the n-th time. */
  isConnected(times?: number): Promise<void>
}

/** The community that is followed where nothing else is said. */
export const FOLLOWED: CommunityId = communityNumber(7)

/**
 * Follows a node on the loopback address, which is allowed, until the test is over.
 *
 * Its clock stands still; where `random` is not given, it comes back at once after a failure.
 */
export function recordFollow(url: string, options: Partial<FollowOptions> = {}): RecordedFollow {
  const clock = createMovableClock()
  const links: FollowedLink[] = []
  const states: FollowState[] = []
  const faults: unknown[] = []
  const changed = new EventTarget()
  const tell = (): boolean => changed.dispatchEvent(new Event('change'))

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => changed.addEventListener('change', resolve, { once: true }))
  }
  async function reached(status: FollowState['status'], times: number): Promise<FollowState | undefined> {
    const all = (): readonly FollowState[] => states.filter((state) => state.status === status)
    await until(() => all().length >= times)
    return all()[times - 1]
  }

  const follow = followMagnetlinks({
    url: url.replace(/^http/, 'ws') as FollowUrl,
    communityId: FOLLOWED,
    token: null,
    after: null,
    allowPrivate: true,
    resolve: async () => [],
    clock,
    random: () => 0,
    ...options,
    onLink: async (link) => {
      const verdict = (await options.onLink?.(link)) ?? 'TAKEN'
      links.push(link)
      tell()
      return verdict
    },
    onState: (state) => {
      states.push(state)
      tell()
    },
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => follow.stop())
  return {
    follow,
    clock,
    links,
    states,
    faults,
    hasLinks: async (count) => until(() => links.length >= count),
    waits: async (times = 1) => (await reached('WAITING', times)) as Extract<FollowState, { status: 'WAITING' }>,
    isConnected: async (times = 1) => void (await reached('CONNECTED', times)),
  }
}
