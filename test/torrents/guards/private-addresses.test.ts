import dns from 'node:dns'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import bencode from 'bencode'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TorrentToDownload } from '../../../src/torrents/client/download.ts'
import { lookUpPublic } from '../../../src/torrents/guards/tracker-hosts.ts'
import { magnetOf } from '../../support/fetched-files.ts'
import { startPlainSeeder } from '../../support/plain-seeder.ts'
import { HOSTILE_ADDRESS } from '../../support/raw-peer.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

/** What a tracker was asked, by the first part of its path. */
interface LocalTracker {
  readonly url: string
  readonly asked: readonly string[]
}

describe('without private addresses, a download', () => {
  test('asks no tracker of the own network but the operator’s, follows none there, and dials no peer there', async () => {
    const client = await startTorrentClient({ trackers: true, privateAddresses: false, encryption: 'OFF' })
    const torrent = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes: 300 })
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const hidden = await startTracker(HOSTILE_ADDRESS, seeder.address, null)
    const own = await startTracker('127.0.0.1', seeder.address, `${hidden.url}/redirected`)
    const trusted = [`${own.url}/trusted`, `${own.url}/redirect`]
    const trackers = [...trusted, `${hidden.url}/stranger`, `${hidden.url.replace(HOSTILE_ADDRESS, 'localhost')}/name`]
    const download = client.openDownload({ ...magnetOf(torrent), trackers, trustedTrackers: trusted })
    expect(await download.metadata({ timeoutMs: 600 })).toEqual({ ok: false, error: { code: 'NO_PEERS' } })
    expect(own.asked.toSorted()).toEqual(['redirect', 'trusted'])
    expect(hidden.asked).toEqual([])
    expect(seeder.connections()).toBe(0)
    await download.close()

    // Whom the operator names is dialled wherever he is.
    const named: TorrentToDownload = magnetOf(torrent, seeder.address)
    const direct = client.openDownload(named)
    expect(await direct.metadata()).toMatchObject({ ok: true })
    await direct.close()
  })
})

describe('a name', () => {
  test.each([{ all: true }, { all: false }, {}])(
    'that resolves to this machine is not dialled (%j)',
    async (options) => {
      const lookUp = lookUpPublic(dns.lookup, (host) => host === 'trusted.localhost')
      const refused = new Promise((resolve) =>
        lookUp('localhost', options, (error: Error | null) => resolve(error?.message)),
      )
      expect(await refused).toBe('Cannot dial localhost: it resolves to a private address')
      const address = new Promise((resolve) =>
        lookUp('127.0.0.1', options, (_error: unknown, found: unknown) => resolve(found)),
      )
      expect(JSON.stringify(await address)).toContain('127.0.0.1')
    },
  )

  test('that the operator named is, and one that does not resolve is told as ever', async () => {
    const lookUp = lookUpPublic(dns.lookup, (host) => host === 'localhost')
    const found = new Promise((resolve) =>
      lookUp('localhost', 4, (_error: unknown, address: unknown) => resolve(address)),
    )
    expect(await found).toBe('127.0.0.1')
    const error = new Promise((resolve) => lookUp('nothing.invalid', (fault: unknown) => resolve(fault)))
    expect(await error).toMatchObject({ syscall: 'getaddrinfo' })
  })
})

/** Starts one that names a peer; asked for `/redirect`, it sends elsewhere. */
async function startTracker(host: string, peer: string, elsewhere: string | null): Promise<LocalTracker> {
  const asked: string[] = []
  const [address = '', port] = peer.split(':')
  const peers = Buffer.from([...address.split('.').map(Number), Number(port) >> 8, Number(port) & 0xff])
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://tracker')
    if (searchParams.get('event') !== 'stopped') asked.push(pathname.slice(1))
    if (pathname === '/redirect' && elsewhere !== null) response.writeHead(302, { location: elsewhere }).end()
    else response.end(bencode.encode({ interval: 1_800, peers }))
  }).listen(0, host)
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, asked }
}
