import type WebTorrent from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { addTorrent } from './add-torrent.ts'
import type { CheckedTorrent } from './checked-files.ts'
import { createReadOnlyStore } from './chunk-store.ts'
import type { TorrentFiles } from './torrent-files.ts'

/** The torrents that are served. A torrent is served and dropped in turns, which the caller gives. */
export interface ServedTorrents {
  has(this: void, infoHash: InfoHash): boolean
  /**
   * Checks the files and serves them. Serving twice is harmless.
   *
   * @throws SeedingFailure or a system error; see `failureCodeOf`.
   */
  serve(torrent: TorrentToServe): Promise<void>
  /** Ends serving, and closes the files. Unknown is harmless. */
  drop(infoHash: InfoHash): Promise<void>
}

/**
 * Creates them, with none served.
 *
 * @param open Checks the files of a torrent and opens them.
 * @param onError Told of what keeps a torrent that is served from being served on.
 */
export function createServedTorrents(
  client: WebTorrent,
  open: (torrent: TorrentToServe) => Promise<CheckedTorrent>,
  onError: (infoHash: InfoHash, error: unknown) => void,
): ServedTorrents {
  const serving = new Map<InfoHash, TorrentFiles>()

  async function drop(infoHash: InfoHash): Promise<void> {
    const files = serving.get(infoHash)
    serving.delete(infoHash)
    if (client.torrents.some((one) => one.infoHash === infoHash)) await client.remove(infoHash)
    await files?.close() // webtorrent closes its store, but not in every one of its own failures.
  }

  return {
    has: (infoHash) => serving.has(infoHash),
    async serve(torrent) {
      const { infoHash } = torrent
      if (serving.has(infoHash)) return
      const { parsed, metainfo, files, distrust } = await open(torrent)
      serving.set(infoHash, files)
      const fail = (error: unknown): void => {
        if (serving.get(infoHash) === files) onError(infoHash, error) // And not, late, of what is served by now.
      }
      const failRead = async (error: unknown): Promise<void> => {
        await distrust()
        fail(error)
      }
      const preloadedStore = createReadOnlyStore(parsed, files, (error) => void failRead(error))
      try {
        await addTorrent(client, metainfo, { preloadedStore, skipVerify: true }, fail).ready
      } catch (error) {
        await drop(infoHash)
        throw error
      }
    },
    drop,
  }
}
