import { describe, expect, onTestFinished, test } from 'vitest'
import {
  createFollowingReactor,
  type FollowingReactor,
  type NodeToFollow,
} from '../../src/reactors/following-reactor.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { URL_A, URL_B } from '../support/member-facts.ts'
import { createMovableClock } from '../support/movable-clock.ts'
import { communityNumber } from '../support/sample-wishes.ts'

/** A node that is followed in name. */
interface Listening {
  readonly name: string
  stop(): Promise<void>
}

interface Following {
  readonly reactor: FollowingReactor<Listening>
  /** Those that are to be followed; a test changes them. */
  readonly wanted: Set<NodeToFollow>
  /** What was begun with and ended, in order. */
  readonly told: readonly string[]
  readonly faults: readonly unknown[]
  /** URLs that cannot be begun with. */
  readonly broken: Set<string>
  /** Called when one is begun with. */
  onFollow: () => void
  /** Lets the reactor look. */
  look(): Promise<void>
  advanceBy(ms: number): Promise<void>
}

const A: NodeToFollow = { communityId: COMMUNITY, url: URL_A }
const B: NodeToFollow = { communityId: COMMUNITY, url: URL_B }

function startFollowing(...nodes: readonly NodeToFollow[]): Following {
  const [wanted, told, faults, broken] = [new Set(nodes), [] as string[], [] as unknown[], new Set<string>()]
  const clock = createMovableClock()
  let begun = 0
  const reactor = createFollowingReactor<NodeToFollow, Listening>({
    readFollows: async () => [...wanted],
    async follow({ url }) {
      following.onFollow()
      if (broken.has(url)) throw new Error(`Cannot follow ${url}`)
      const name = `${url === URL_A ? 'A' : 'B'}${(begun += 1)}`
      told.push(name)
      return { name, stop: async () => void told.push(`-${name}`) }
    },
    wallClock: clock,
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => reactor.stop())
  const look = async (): Promise<void> => {
    reactor.wake()
    await reactor.settled()
  }
  const advanceBy = async (ms: number): Promise<void> => {
    clock.advanceBy(ms)
    await reactor.settled()
  }
  const following: Following = { reactor, wanted, told, faults, broken, onFollow: () => undefined, look, advanceBy }
  return following
}

describe('nodes', () => {
  test('that are to be followed are, each once, as long as they are to be', async () => {
    const { reactor, wanted, told, look } = startFollowing(A)
    await look()
    await look()
    wanted.add(B).delete(A)
    await look()
    expect(told).toEqual(['A1', '-A1', 'B2'])
    expect(reactor.followed(COMMUNITY, URL_A)).toBeNull()
    expect(reactor.followed(COMMUNITY, URL_B)?.name).toBe('B2')
    await reactor.stop()
    expect(told).toEqual(['A1', '-A1', 'B2', '-B2'])
  })

  test('are told apart by community too', async () => {
    const { reactor, look } = startFollowing(A, { communityId: communityNumber(2), url: URL_A })
    await look()
    const names = [COMMUNITY, communityNumber(2)].map((id) => reactor.followed(id, URL_A)?.name)
    expect(names).toEqual(['A1', 'A2'])
  })

  test('that cannot be begun with keep no others back, and are tried again', async () => {
    const { reactor, broken, told, faults, look, advanceBy } = startFollowing(A, B)
    broken.add(URL_A)
    await look()
    expect(told).toEqual(['B1'])
    expect(faults).toHaveLength(1)
    broken.clear()
    await advanceBy(1_000)
    expect(told).toEqual(['B1', 'A2'])
    expect(reactor.followed(COMMUNITY, URL_A)?.name).toBe('A2')
  })

  test('are begun with anew on request, one at a time', async () => {
    const { reactor, told, look } = startFollowing(A, B)
    await look()
    await reactor.renew(COMMUNITY, URL_B)
    expect(told).toEqual(['A1', 'B2', '-B2', 'B3'])
    expect(reactor.followed(COMMUNITY, URL_B)?.name).toBe('B3')
  })

  test('are begun with anew also when that is asked for while they are begun with', async () => {
    const following = startFollowing(A)
    const renewed: Promise<void>[] = []
    following.onFollow = () => {
      if (renewed.length === 0) renewed.push(following.reactor.renew(COMMUNITY, URL_A))
    }
    await following.look()
    await Promise.all(renewed)
    expect(following.told).toEqual(['A1', '-A1', 'A2'])
  })
})
