// A process that owns a torrent client and tells its port: what a test kills to see what is left. Told so, it kills itself
// while its client starts.
import { LOOPBACK_TORRENT_CLIENT } from './loopback-torrents.ts'
import { createTorrentClient } from '../../src/torrents/client/torrent-client.ts'

const starting = createTorrentClient(LOOPBACK_TORRENT_CLIENT)
if (process.argv[2] === 'DIES') process.kill(process.pid, 'SIGKILL')
const { port, pid } = await starting
process.send?.({ port, pid })
