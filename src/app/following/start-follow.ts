import type { Logger } from 'pino'
import type { AddressRules } from '../../addresses/check-addresses.ts'
import { followMagnetlinks, type Follow } from '../../following/follow-magnetlinks.ts'
import { readFollows, type FollowRow } from '../../projections/follows.ts'
import { readReceivedLinks } from '../../projections/received-links.ts'
import type { FollowingReactor } from '../../reactors/following-reactor.ts'
import type { WallClock } from '../../reactors/wall-clock.ts'
import type { Stores } from '../stores.ts'
import { createFollowLog } from './follow-log.ts'
import type { LearnLinks } from './learn-links.ts'
import { createPacedLinks, type KnownOfFollow } from './paced-links.ts'

export interface StartFollowPorts {
  readonly stores: Pick<Stores, 'db' | 'tokens'>
  readonly learn: LearnLinks
  readonly rules: AddressRules
  /** Who began with the node, and can begin anew with it. */
  readonly reactor: () => Pick<FollowingReactor<Follow>, 'renew'>
  readonly wallClock: WallClock
  readonly log: Logger
}

/** Listens to a node, behind the last link of it that was believed, and believes the newest of what it tells. */
export async function startFollow(row: FollowRow, ports: StartFollowPorts): Promise<Follow> {
  const { stores, learn, rules, reactor, wallClock, log } = ports
  const { communityId, url, cursor } = row
  const onFault = (fault: unknown): void => log.error(fault, 'Cannot handle a link, and will ask for it again')
  const readKnown = async (): Promise<KnownOfFollow | null> => readKnownOf(row, stores)
  const again = async (): Promise<void> => reactor().renew(communityId, url)
  const paced = createPacedLinks({ readKnown, learn, again, wallClock, onFault })
  const tellOperator = createFollowLog(log.child({ communityId, url }), wallClock.now)
  const follow = followMagnetlinks({
    url,
    communityId,
    token: await stores.tokens.get(communityId, url),
    after: cursor,
    onLink: paced.take,
    onState(state) {
      log.debug({ communityId, url, ...state }, 'Following a node')
      tellOperator(state)
    },
    onFault,
    clock: wallClock,
    random: Math.random,
    ...rules,
  })
  return {
    ...follow,
    async stop() {
      await follow.stop()
      await paced.stop()
    },
  }
}

/** As it is now: the key may have been pinned by the link before. */
async function readKnownOf(
  { communityId, url }: FollowRow,
  { db }: StartFollowPorts['stores'],
): Promise<KnownOfFollow | null> {
  const follow = (await readFollows(db, [communityId])).find((row) => row.url === url)
  const [believed = null] = await readReceivedLinks(db, [communityId])
  return follow === undefined ? null : { follow, believed }
}
