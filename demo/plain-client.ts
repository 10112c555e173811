import WebTorrent from 'webtorrent'

/**
 * A BitTorrent client that knows nothing of Seedbank: it is given a folder and magnet links, and
 * fetches what they name. Its peers come from the trackers in the links.
 *
 * Usage: node demo/plain-client.ts FOLDER MAGNET …
 */
const [folder, ...magnets] = process.argv.slice(2)
if (folder === undefined || magnets.length === 0) throw new Error('Usage: plain-client.ts FOLDER MAGNET …')

const client = new WebTorrent({
  dht: false,
  lsd: false,
  natUpnp: false,
  natPmp: false,
  utp: false,
  torrentPort: { port: 0, host: '127.0.0.1' },
})

await Promise.all(
  magnets.map(
    async (magnet) =>
      new Promise<void>((resolve, reject) => {
        const startedAt = performance.now()
        client.add(magnet, { path: folder }, (torrent) => {
          torrent.on('error', reject)
          torrent.on('done', () => {
            const tookMs = Math.round(performance.now() - startedAt)
            console.log(`fetched ${torrent.length} bytes of ${torrent.infoHash} in ${tookMs} ms`)
            resolve()
          })
        })
      }),
  ),
)
client.destroy()
