import type { Execute } from '../../commands/command-meta.ts'
import type { FindEarlierAnswer } from '../../commands/earlier-answer.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { barToDispatching } from '../../domain/decide-dispatching.ts'
import type { Clock } from '../../domain/magnet.ts'
import { err } from '../../domain/result.ts'
import type { Wishes } from '../../graphql/wishes.ts'
import type { CommunityRow } from '../../projections/communities.ts'
import type { SeedingRow } from '../../projections/read-seeding.ts'
import { announce, type AnnouncePorts } from '../../reactors/dispatching-reactor.ts'

export interface DispatchAgainPorts extends AnnouncePorts {
  /** The announce URLs that a community's magnet link names, from what was chosen for it. */
  readonly trackersOf: (chosen: readonly string[] | null) => readonly string[]
  readonly execute: Execute
  readonly findEarlierAnswer: FindEarlierAnswer
  readonly readCommunity: (communityId: CommunityId) => Promise<CommunityRow | null>
  readonly readSeeding: (communityId: CommunityId) => Promise<readonly SeedingRow[]>
  readonly readLastClock: (communityId: CommunityId) => Promise<Clock | null>
}

/** How often an announcement is signed anew because another one got ahead of its clock. */
const TRIES = 3

/** Announces the current torrent of a community by hand, under a new clock. */
export function createDispatchAgain(ports: DispatchAgainPorts): Wishes['dispatchMagnetlink'] {
  const { execute, findEarlierAnswer, readCommunity, readSeeding, readLastClock } = ports

  return async (communityId, meta) => {
    const earlier = await findEarlierAnswer('DispatchMagnetlink', meta)
    if (earlier !== null) return earlier
    const community = await readCommunity(communityId)
    if (community === null) return err({ type: 'CommunityNotFound' })
    // Asked before signing: a member may not have the key at all.
    const bar = barToDispatching(community)
    if (bar !== null) return err(bar)
    const torrents = await readSeeding(communityId)
    const current = torrents.find(({ role }) => role === 'CURRENT')
    if (current === undefined) return err({ type: torrents.length === 0 ? 'NoArchiveYet' : 'TorrentNotServed' })
    const { infoHash } = current
    const trackers = ports.trackersOf(community.settings.trackers)
    for (let tries = 1; ; tries += 1) {
      const lastClock = await readLastClock(communityId)
      const announced = await announce({ communityId, infoHash, trackers, lastClock }, ports)
      if (!announced.ok) return err({ type: 'CommunityKeyMissing' })
      const wish = { type: 'DispatchMagnetlink', ...announced.value, infoHash, occasion: 'AGAIN' } as const
      const answer = await execute(wish, meta)
      if (answer.ok || answer.error.type !== 'ClockNotHigher' || tries === TRIES) return answer
    }
  }
}
