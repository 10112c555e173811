import bencode from 'bencode'
import type Server from 'bittorrent-tracker/server'
import { hashesOfScrape } from './tracker-request.ts'
import { TRACKER_INTERVAL_MS } from './tracker-server.ts'

/**
 * The answer to an HTTP scrape that was found to be sound.
 *
 * Written here, because the library writes info hashes as UTF-8, so that no client finds its own.
 *
 * @see BEP 48, "Tracker scrape": https://www.bittorrent.org/beps/bep_0048.html
 */
export function encodeScrape(server: Server, url: string): Uint8Array {
  const hashes = [...new Set(hashesOfScrape(url))].toSorted()
  const files = hashes.flatMap((infoHash) => {
    const { complete = 0, incomplete = 0 } = server.torrents[infoHash] ?? {}
    const counts = bencode.encode({ complete, downloaded: complete, incomplete })
    return [Buffer.from('20:'), Buffer.from(infoHash, 'hex'), counts]
  })
  const flags = bencode.encode({ min_request_interval: TRACKER_INTERVAL_MS / 1_000 })
  return Buffer.concat([Buffer.from('d5:filesd'), ...files, Buffer.from('e5:flags'), flags, Buffer.from('e')])
}
