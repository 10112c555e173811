// A leecher behind the wire guards, in a process of its own: what the fuzz may try to end.
// It knows one torrent by its magnet link and one by its file, and is given a seeder at the end.
import { once } from 'node:events'
import WebTorrent, { type Torrent } from 'webtorrent'
import { guardWires } from '../../src/torrents/guards/wire-guards.ts'

interface Start {
  readonly folder: string
  readonly magnet: string
  readonly torrentFile: string
}

const client = new WebTorrent({
  torrentPort: { port: 0, host: '127.0.0.1' },
  dht: false,
  tracker: false,
  lsd: false,
  natUpnp: false,
  natPmp: false,
  utp: false,
})
let offences = 0
guardWires(client, () => (offences += 1))

const [[start]] = (await Promise.all([once(process, 'message'), once(client, 'listening')])) as [[Start], unknown]
const torrents = [
  client.add(start.magnet, { path: start.folder }),
  client.add(Buffer.from(start.torrentFile, 'base64'), { path: start.folder }),
]
process.send?.({ port: client.torrentPort })

const [seederPort] = (await once(process, 'message')) as [number]
await Promise.all(torrents.map((torrent) => finish(torrent, seederPort)))
process.send?.({ offences })
process.disconnect?.()
client.destroy(() => process.exit(0))

async function finish(torrent: Torrent, port: number): Promise<void> {
  if (torrent.done) return
  const done = once(torrent, 'done')
  torrent.addPeer(`127.0.0.1:${port}`)
  await done
}
