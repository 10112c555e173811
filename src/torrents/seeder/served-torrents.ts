import type WebTorrent from 'webtorrent'
import type { ChunkStore, TorrentInput } from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { addTorrent, type AddedTorrent } from './add-torrent.ts'
import type { CheckedTorrent } from './checked-files.ts'
import { createReadOnlyStore } from './chunk-store.ts'
import { seedInPart } from './seed-in-part.ts'
import type { TorrentFiles } from './torrent-files.ts'

interface Serving {
  readonly torrent: TorrentToServe
  readonly files: TorrentFiles
}

/** The torrents that are served. A torrent is served and dropped in turns, which the caller gives. */
export interface ServedTorrents {
  has(this: void, infoHash: InfoHash): boolean
  /** How it was asked for; null when it is not served. */
  torrentOf(infoHash: InfoHash): TorrentToServe | null
  /**
   * Checks the files and serves them. Serving twice is harmless.
   *
   * @returns How many pieces it should have had and has not: they are not offered.
   * @throws SeedingFailure or a system error; see `failureCodeOf`.
   */
  serve(torrent: TorrentToServe): Promise<number>
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
  const serving = new Map<InfoHash, Serving>()

  async function drop(infoHash: InfoHash): Promise<void> {
    const files = serving.get(infoHash)?.files
    serving.delete(infoHash)
    if (client.torrents.some((one) => one.infoHash === infoHash)) await client.remove(infoHash)
    await files?.close() // webtorrent closes its store, but not in every one of its own failures.
  }

  return {
    has: (infoHash) => serving.has(infoHash),
    torrentOf: (infoHash) => serving.get(infoHash)?.torrent ?? null,
    async serve(torrent) {
      const { infoHash } = torrent
      if (serving.has(infoHash)) return 0
      const { parsed, metainfo, files, distrust, bitfield, struck } = await open(torrent)
      serving.set(infoHash, { torrent, files })
      const fail = (error: unknown): void => {
        if (serving.get(infoHash)?.files === files) onError(infoHash, error) // And not, late, of what is served by now.
      }
      const failRead = async (error: unknown): Promise<void> => {
        await distrust()
        fail(error)
      }
      const preloadedStore = createReadOnlyStore(parsed, files, (error) => void failRead(error))
      try {
        await seed(client, metainfo, { preloadedStore, bitfield }, fail).ready
        return struck
      } catch (error) {
        await drop(infoHash)
        throw error
      }
    },
    drop,
  }
}

/** @param seed `bitfield` is null where all of it is here. */
function seed(
  client: WebTorrent,
  metainfo: TorrentInput,
  { preloadedStore, bitfield }: { readonly preloadedStore: ChunkStore; readonly bitfield: Uint8Array | null },
  onError: (error: unknown) => void,
): AddedTorrent {
  return bitfield === null
    ? addTorrent(client, metainfo, { preloadedStore, skipVerify: true }, onError)
    : seedInPart(client, metainfo, { preloadedStore, bitfield }, onError)
}
