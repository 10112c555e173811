import { once } from 'node:events'
import type Wire from 'bittorrent-protocol'
import { startPlainClient } from './plain-seeder.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** A plain webtorrent that fetches a torrent from one peer, and is watched meanwhile. */
export interface WatchedLeecher {
  /** What it was given of pieces by now. */
  bytes(): number
  /** Resolves once it was given so much. */
  given(bytes: number): Promise<void>
  readonly done: Promise<unknown>
  /** How often it was connected. */
  connections(): number
}

/** Starts one, for as long as the test runs. */
export async function startWatchedLeecher(torrentFile: Uint8Array, port: number): Promise<WatchedLeecher> {
  const client = startPlainClient()
  await once(client, 'listening')
  const torrent = client.add(torrentFile, { path: createTemporaryFolder() })
  const waiting = new Set<() => void>()
  let [bytes, connections] = [0, 0]
  torrent.on('wire', (wire: Wire) => {
    connections += 1
    wire.on('download', (given: number) => {
      bytes += given
      for (const look of waiting) look()
    })
  })
  const done = once(torrent, 'done')
  await once(torrent, 'ready')
  torrent.addPeer(`127.0.0.1:${port}`)
  return {
    bytes: () => bytes,
    given(wanted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = (): void => {
        if (bytes < wanted) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      return promise
    },
    done,
    connections: () => connections,
  }
}
