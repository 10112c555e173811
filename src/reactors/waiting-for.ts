import type { CommunityId } from '../domain/community-id.ts'
import type { Reactor } from './reactor.ts'

/** A reactor that also waits for what its looks began: what ends may wake it, and a look may begin more. */
export function waitingFor(reactor: Reactor, underWay: ReadonlyMap<CommunityId, Promise<void>>): Reactor {
  return {
    ...reactor,
    async settled() {
      await reactor.settled()
      while (underWay.size > 0) {
        await Promise.all(underWay.values())
        await reactor.settled()
      }
    },
    async stop() {
      await reactor.stop()
      await Promise.all(underWay.values())
    },
  }
}
