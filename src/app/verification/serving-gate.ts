import type { InfoHash } from '../../domain/info-hash.ts'
import type { SeedingClient } from '../../reactors/seeding-reactor.ts'

/** Keeps torrents from being served while their files are being mended. */
export interface ServingGate {
  /**
   * Begins to serve once the gate is open.
   *
   * @param serve Is told whether it had to wait, after which the files may be others than they were.
   */
  pass<Value>(infoHash: InfoHash, serve: (hasWaited: boolean) => Promise<Value>): Promise<Value>
  /** Closes the gate, and waits for those who are passing. Disposing opens it. Held by one at a time. */
  close(infoHash: InfoHash): Promise<Disposable>
  /** Has the listener told whenever a gate has opened: what was dropped behind it is to be served, if it still is. */
  onOpen(listener: () => void): void
}

/** Creates gates that are all open. */
export function createServingGate(): ServingGate {
  const closed = new Map<InfoHash, PromiseWithResolvers<void>>()
  const passing = new Map<Promise<unknown>, InfoHash>()
  const listeners: (() => void)[] = []

  return {
    async pass(infoHash, serve) {
      const hasWaited = closed.has(infoHash)
      for (let gate = closed.get(infoHash); gate !== undefined; gate = closed.get(infoHash)) await gate.promise
      const serving = serve(hasWaited)
      passing.set(serving, infoHash)
      try {
        return await serving
      } finally {
        passing.delete(serving)
      }
    },
    async close(infoHash) {
      if (closed.has(infoHash)) throw new Error(`Cannot close the gate of ${infoHash}: it is closed`)
      const gate = Promise.withResolvers<void>()
      closed.set(infoHash, gate)
      const under = [...passing].filter(([, other]) => other === infoHash)
      await Promise.allSettled(under.map(([serving]) => serving))
      return {
        [Symbol.dispose]() {
          closed.delete(infoHash)
          gate.resolve()
          for (const tell of listeners) tell()
        },
      }
    },
    onOpen: (listener) => void listeners.push(listener),
  }
}

/** A torrent client that serves once the gate is open. What had to wait is hashed: what was known of it is out of date. */
export function behindGate<Torrent extends { readonly infoHash: InfoHash }>(
  client: SeedingClient<Torrent>,
  gate: ServingGate,
): SeedingClient<Torrent> {
  return {
    ...client,
    serve: async (torrent, check) =>
      gate.pass(torrent.infoHash, async (hasWaited) => client.serve(torrent, hasWaited ? 'WHOLE' : check)),
  }
}
