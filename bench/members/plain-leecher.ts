/**
 * A process with a plain webtorrent in it that is given one magnet link: it fetches all of it and tells how long that took.
 * It has the options of a node's torrent client.
 */
import { once } from 'node:events'
import WebTorrent from 'webtorrent'
import { ANY_HOST } from '../../src/torrents/guards/tracker-hosts.ts'
import { sendDialledAtOnce } from '../../src/torrents/seeder/incoming-connections.ts'
import { webTorrentOptions } from '../../src/torrents/seeder/webtorrent-options.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../test/support/loopback-torrents.ts'

/** What is to be fetched, and into which folder. */
export interface PlainFetch {
  readonly magnetUri: string
  readonly folder: string
}

const client = new WebTorrent(webTorrentOptions({ ...LOOPBACK_TORRENT_CLIENT, trackers: true }, ANY_HOST))
sendDialledAtOnce(client)
await once(client, 'listening')
const asked = once(process, 'message')
process.send?.('READY')
const [{ magnetUri, folder }] = (await asked) as [PlainFetch]
const startedAt = performance.now()
await once(client.add(magnetUri, { path: folder }), 'done')
process.send?.(performance.now() - startedAt)
