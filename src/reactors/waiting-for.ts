import type { Reactor } from './reactor.ts'

/**
 * A reactor that also waits for what its looks began: what ends may wake it, and a look may begin more.
 *
 * @param endAll Has what is under way end soon, once no look can begin more.
 */
export function waitingFor<Key>(
  reactor: Reactor,
  underWay: ReadonlyMap<Key, Promise<void>>,
  endAll: () => void = () => undefined,
): Reactor {
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
      endAll()
      await Promise.all(underWay.values())
    },
  }
}
