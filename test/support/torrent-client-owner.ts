// A process that owns a torrent client and tells its port: what a test kills to see what is left.
import { LOOPBACK_TORRENT_CLIENT } from './loopback-torrents.ts'
import { createTorrentClient } from '../../src/torrents/client/torrent-client.ts'

const { port, pid } = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
process.send?.({ port, pid })
