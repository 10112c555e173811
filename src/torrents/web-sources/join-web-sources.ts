import { setTimeout as wait } from 'node:timers/promises'
import type { Torrent } from 'webtorrent'
import type { AddressRules } from '../../addresses/check-addresses.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { WebSources } from '../../domain/web-seed.ts'
import { fetchInfo } from './fetch-info.ts'
import { HttpFailure } from './http-failure.ts'
import { WebSeedWire } from './web-seed-wire.ts'

/** A swarm in which a download looks for web seeds as well as for peers. */
export interface WebSourcesOptions extends WebSources {
  readonly infoHash: InfoHash
  readonly rules: AddressRules
  /** Told of the info dictionary, where a torrent file has it. */
  readonly onMetadata: (info: Uint8Array) => void
  /** Told of a source that gave nothing. */
  readonly onFailed: (failure: HttpFailure) => void
}

/** For how long torrent files are left alone after none of them came: at first, and at most. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Asks web sources for what peers are asked for, until the swarm is left. */
export function joinWebSources(torrent: Torrent, isKnown: boolean, options: WebSourcesOptions): void {
  const { webSeeds, torrentFiles, rules, onFailed } = options
  const left = new AbortController()
  torrent.once('close', () => left.abort())
  torrent.once('ready', () => {
    for (const url of webSeeds) torrent.addWebSeed(new WebSeedWire(torrent, { url, rules, onFailed }).connection)
  })
  if (isKnown || torrentFiles.length === 0) return
  // A peer may give it as well.
  torrent.once('metadata', () => left.abort())
  void fetchFirstInfo(options, left.signal)
}

/** The files are asked for one after the other, and then again, but for those that are none. */
async function fetchFirstInfo(options: WebSourcesOptions, signal: AbortSignal): Promise<void> {
  const { infoHash, rules, onMetadata, onFailed } = options
  const urls = new Set(options.torrentFiles)
  for (let pauseMs = FIRST_PAUSE_MS; urls.size > 0; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    for (const url of urls) {
      try {
        onMetadata(await fetchInfo({ url, rules, signal }, infoHash))
        return
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof HttpFailure)) throw error
        onFailed(error)
        if (error.when === 'NEVER') urls.delete(url)
      }
    }
    await wait(pauseMs, null, { signal }).catch(() => undefined) // Only where the swarm was left.
    if (signal.aborted) return
  }
}
