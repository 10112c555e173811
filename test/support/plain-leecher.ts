import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import WebTorrent from 'webtorrent'
import { createTemporaryFolder } from './temporary-folder.ts'

/** What a leecher got, and how long it took from the first dial to the last piece. */
export interface Download {
  readonly bytes: Buffer
  readonly tookMs: number
}

/**
 * Fetches a torrent with a plain webtorrent, over loopback, from one peer.
 *
 * @param source The `.torrent` file, or a magnet link.
 */
export async function download(source: string | Uint8Array, port: number): Promise<Download> {
  const folder = createTemporaryFolder()
  const client = new WebTorrent({
    torrentPort: { port: 0, host: '127.0.0.1' },
    dht: false,
    tracker: false,
    lsd: false,
    natUpnp: false,
    natPmp: false,
    utp: false,
  })
  try {
    await once(client, 'listening')
    const torrent = client.add(source, { path: folder })
    await once(torrent, 'infoHash')
    const dialledAt = performance.now()
    torrent.addPeer(`127.0.0.1:${port}`)
    await once(torrent, 'done')
    const tookMs = performance.now() - dialledAt
    const files = torrent.files.map((file) => readFile(join(folder, file.path)))
    return { bytes: Buffer.concat(await Promise.all(files)), tookMs }
  } finally {
    await new Promise((resolve) => client.destroy(resolve))
  }
}
