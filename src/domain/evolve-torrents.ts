import type { Torrents } from './community.ts'
import type { SeedingFailed, SeedingStarted, Unseeded } from './events.ts'
import type { InfoHash } from './info-hash.ts'

/** Before the first. */
export const NO_TORRENTS: Torrents = {
  newest: null,
  current: null,
  retiring: null,
  served: new Set(),
  failed: new Map(),
}

/** What is fetched may be a torrent of before: its control node went back to it, say after its own data was lost. */
export function cameBack(torrents: Torrents, infoHash: InfoHash): Torrents {
  const { newest, current, retiring } = torrents
  const withoutFailure = new Map(torrents.failed)
  if (![newest, current, retiring].includes(infoHash)) withoutFailure.delete(infoHash)
  return { ...torrents, retiring: retiring === infoHash ? null : retiring, failed: withoutFailure }
}

/** The newest is current as soon as it is served, and what was current retires. */
export function started(torrents: Torrents, { infoHash }: SeedingStarted['data']): Torrents {
  const served = new Set(torrents.served).add(infoHash)
  const withoutFailure = new Map(torrents.failed)
  withoutFailure.delete(infoHash)
  const { newest, current } = torrents
  if (infoHash !== newest || infoHash === current) return { ...torrents, served, failed: withoutFailure }
  // Only what is really served has a grace to end; a torrent that failed is forgotten at once.
  const retiring = current !== null && served.has(current) ? current : null
  return { newest, current: newest, retiring, served, failed: new Map() }
}

/** What cannot be served is not served. */
export function failed(torrents: Torrents, { infoHash, code }: SeedingFailed['data']): Torrents {
  return {
    ...torrents,
    served: without(torrents.served, infoHash),
    failed: new Map(torrents.failed).set(infoHash, code),
  }
}

/** Damage does not end a grace: what is mended in time is served to its end. */
export function unseeded(torrents: Torrents, { infoHash, code }: Unseeded['data']): Torrents {
  if (code !== null) return failed(torrents, { infoHash, code })
  const retiring = torrents.retiring === infoHash ? null : torrents.retiring
  return { ...torrents, retiring, served: without(torrents.served, infoHash) }
}

function without<Item>(items: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  const rest = new Set(items)
  rest.delete(item)
  return rest
}
