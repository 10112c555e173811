import type WebTorrent from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { FetchOptions, PiecesToFetch } from '../client/pieces-to-fetch.ts'
import { FetchFailure } from './fetch-failure.ts'
import { fetchPieces } from './fetch-pieces.ts'
import type { JobQueues } from './job-queues.ts'

/** The fetches that are under way, at most one of a torrent. */
export interface PieceFetches {
  has(infoHash: InfoHash): boolean
  /** @throws FetchFailure IN_USE, or what `fetchPieces` throws. */
  run(wanted: PiecesToFetch, options: FetchOptions): Promise<void>
  /** Aborts the fetch of a torrent, if there is one: nothing of it is written or given to peers once this resolves. */
  end(infoHash: InfoHash): Promise<void>
}

/** What a fetch has to know of its surroundings. */
export interface FetchPorts {
  readonly client: WebTorrent
  /** In which each torrent begins and ends to be served, so that a fetch does not begin in the middle of that. */
  readonly jobs: JobQueues
  isServed(infoHash: InfoHash): boolean
}

/** Creates them, with none under way. */
export function createPieceFetches({ client, jobs, isServed }: FetchPorts): PieceFetches {
  const running = new Map<InfoHash, { readonly abort: AbortController; readonly ended: Promise<void> }>()

  async function run(wanted: PiecesToFetch, { signal, onPiece }: FetchOptions): Promise<void> {
    const { infoHash } = wanted
    const abort = new AbortController()
    const signals = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal])
    const ended = fetchPieces(client, wanted, { signal: signals, ...(onPiece && { onPiece }) })
    running.set(infoHash, { abort, ended })
    try {
      await ended
    } finally {
      running.delete(infoHash)
    }
  }

  return {
    has: (infoHash) => running.has(infoHash),
    async run(wanted, options) {
      const { infoHash } = wanted
      // Only its beginning has a turn in the queue: it takes as long as the peers do.
      const { ended } = await jobs.run(infoHash, async () => {
        if (running.has(infoHash) || isServed(infoHash))
          throw new FetchFailure('IN_USE', `Cannot fetch ${infoHash}: it is served, or fetched already`)
        return { ended: run(wanted, options) }
      })
      await ended
    },
    async end(infoHash) {
      const fetch = running.get(infoHash)
      fetch?.abort.abort()
      await Promise.allSettled([fetch?.ended]) // Whoever asked for the pieces hears why they did not come.
    },
  }
}
