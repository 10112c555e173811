import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startPlainClient } from './plain-seeder.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** A plain webtorrent that fetches what it is told to from one peer, and then stays connected and asks for nothing. */
export interface HaltingLeecher {
  /** Resolves once all these pieces are verified and written. */
  fetch(from: number, to: number): Promise<void>
  /** All of its files, one after the other. */
  bytes(): Promise<Buffer>
}

/** Starts one, for as long as the test runs. */
export async function startHaltingLeecher(torrentFile: Uint8Array, port: number): Promise<HaltingLeecher> {
  const client = startPlainClient()
  await once(client, 'listening')
  const path = createTemporaryFolder()
  const torrent = client.add(torrentFile, { path, deselect: true })
  await once(torrent, 'ready')
  torrent.addPeer(`127.0.0.1:${port}`)
  return {
    fetch(from, to) {
      const missing = new Set(Array.from({ length: to - from + 1 }, (_, n) => from + n))
      const { promise, resolve } = Promise.withResolvers<void>()
      torrent.on('verified', (piece: number) => {
        missing.delete(piece)
        if (missing.size === 0) resolve()
      })
      torrent.select(from, to)
      return promise
    },
    bytes: async () => Buffer.concat(await Promise.all(torrent.files.map((file) => readFile(join(path, file.path))))),
  }
}
