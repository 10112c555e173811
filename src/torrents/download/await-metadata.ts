import { FetchFailure } from '../seeder/fetch-failure.ts'
import type { Swarm } from './swarm.ts'

/** The metadata that peers are asked for. */
export interface AwaitedMetadata {
  /** A peer gave the info dictionary. */
  take(this: void, info: Uint8Array): void
  /** A peer has a longer one than is taken. */
  tooLarge(this: void): void
  /**
   * Waits for it.
   *
   * @param stop What ends the wait by rejecting.
   * @throws FetchFailure NO_PEERS, METADATA_TOO_LARGE or NO_METADATA after `timeoutMs`.
   */
  within(swarm: Swarm, timeoutMs: number, stop: Promise<never>): Promise<Uint8Array>
}

/** Creates it, with none given. */
export function awaitMetadata(): AwaitedMetadata {
  const { promise: given, resolve } = Promise.withResolvers<Uint8Array>()
  let isTooLarge = false

  function failureOf({ torrent, peersSeen }: Swarm, timeoutMs: number): FetchFailure {
    const what = `Cannot fetch the metadata of ${torrent.infoHash}: ${peersSeen} peers gave none for ${timeoutMs} ms`
    if (peersSeen === 0) return new FetchFailure('NO_PEERS', what)
    return new FetchFailure(isTooLarge ? 'METADATA_TOO_LARGE' : 'NO_METADATA', what)
  }

  return {
    take: resolve,
    tooLarge() {
      isTooLarge = true
    },
    async within(swarm, timeoutMs, stop) {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(failureOf(swarm, timeoutMs)), timeoutMs)
      try {
        return await Promise.race([stop, given, late.promise])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
