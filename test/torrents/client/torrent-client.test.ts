import { once } from 'node:events'
import { chmodSync, rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import bencode from 'bencode'
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { TorrentPortInUse } from '../../../src/torrents/client/torrent-port-in-use.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { download } from '../../support/plain-leecher.ts'
import { promisedMs } from '../../support/promised-ms.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type FixtureShape, type TorrentFixture } from '../../support/torrent-fixture.ts'

const SMALL: FixtureShape = { seed: 1, dataPieces: 2, indexBytes: 300 }

function fixture(shape: Partial<FixtureShape> = {}): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { ...SMALL, ...shape })
}

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  return () => client.stop()
})
afterEach(async () => {
  await Promise.all([...client.active()].map((infoHash) => client.drop(infoHash)))
})

describe('a torrent client', () => {
  test('serves a torrent, byte for byte, and says so', async () => {
    const { torrent, torrentFile, bytes } = fixture()
    expect(await client.serve(torrent)).toEqual({ ok: true, value: { struck: 0 } })
    expect([...client.active()]).toEqual([torrent.infoHash])

    const fetched = await download(torrentFile, portOf(client))
    expect(fetched.bytes.equals(bytes)).toBe(true)
    console.log(`a torrent of ${bytes.length} bytes took ${fetched.tookMs.toFixed(1)} ms`)
    expect(fetched.tookMs).toBeLessThan(promisedMs(2_000))
  })

  test('gives the metadata to a peer that knows only the magnet link', async () => {
    const { torrent, bytes } = fixture({ dataPieces: 30 })
    await client.serve(torrent)
    const fetched = await download(`magnet:?xt=urn:btih:${torrent.infoHash}`, portOf(client))
    expect(fetched.bytes.equals(bytes)).toBe(true)
  })

  test('serves a version whose data file has grown since', async () => {
    const { torrent, torrentFile, bytes } = fixture()
    writeFileSync(torrent.dataPath, Buffer.concat([readFileSync(torrent.dataPath), Buffer.alloc(PIECE_BYTES, 7)]))
    await client.serve({ ...torrent, check: 'WHOLE' })
    expect((await download(torrentFile, portOf(client))).bytes.equals(bytes)).toBe(true)
  })

  test('serves once what it is asked to serve twice, at once or later', async () => {
    const { torrent } = fixture()
    const outcomes = await Promise.all([client.serve(torrent), client.serve(torrent)])
    expect([...outcomes, await client.serve(torrent)].every(({ ok }) => ok)).toBe(true)
    expect(client.active().size).toBe(1)
  })

  test('serves a hundred torrents that are asked for at once', async () => {
    const folder = createTemporaryFolder()
    const many = Array.from({ length: 100 }, (_, seed) => writeTorrentFixture(folder, { ...SMALL, seed: seed + 1 }))
    const begun = performance.now()
    const outcomes = await Promise.all(many.map(({ torrent }) => client.serve({ ...torrent, check: 'WHOLE' })))
    console.log(`100 torrents were verified and served in ${(performance.now() - begun).toFixed(0)} ms`)
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
    expect(client.active().size).toBe(100)
  })

  test('drops a torrent, serves it again, and does not mind one that it does not know', async () => {
    const { torrent, torrentFile, bytes } = fixture()
    await client.drop(torrent.infoHash)
    await client.serve(torrent)
    await client.drop(torrent.infoHash)
    expect(client.active().size).toBe(0)
    await Promise.all([client.drop(torrent.infoHash), client.serve(torrent)])
    expect((await download(torrentFile, portOf(client))).bytes.equals(bytes)).toBe(true)
  })

  test('samples what it uploaded', async () => {
    const { torrent, torrentFile, bytes } = fixture()
    await client.serve(torrent)
    await download(torrentFile, portOf(client))
    await expect.poll(() => client.stats().get(torrent.infoHash)?.uploadedBytes).toBeGreaterThan(bytes.length)

    const { uploadedBytes, downloadedBytes } = client.traffic()
    expect(uploadedBytes).toBeGreaterThan(bytes.length)
    expect(downloadedBytes).toBeGreaterThan(0)
    await client.drop(torrent.infoHash)
    expect(client.traffic().uploadedBytes).toBeGreaterThanOrEqual(uploadedBytes)
  })

  test('announces to the trackers that it is told, and not to those of the torrent file', async () => {
    const announces: URL[] = []
    const tracker = createHttpServer((request, response) => {
      announces.push(new URL(request.url ?? '', 'http://tracker'))
      response.end(bencode.encode({ interval: 1_800, peers: Buffer.alloc(0) }))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void tracker.close())
    await once(tracker, 'listening')
    const at = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`
    const { torrent } = fixture({ trackers: [`${at}/of-the-file`] })
    const announcing = await startTorrentClient({ trackers: true })

    await announcing.serve({ ...torrent, trackers: [`${at}/told`] })
    await expect.poll(() => announces.length).toBeGreaterThan(0)
    await announcing.drop(torrent.infoHash)
    await expect.poll(() => announces.at(-1)?.searchParams.get('event')).toBe('stopped')
    expect(new Set(announces.map(({ pathname }) => pathname))).toEqual(new Set(['/told']))
    expect(announces.map(({ searchParams }) => searchParams.get('port'))).toContain(String(announcing.port))
  })

  test('says by name that its port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void holder.close())
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    await expect(startTorrentClient({ torrentPort: port })).rejects.toEqual(new TorrentPortInUse(port))
  })
})

describe('files that are not what was recorded', () => {
  test.each([
    ['data is gone', 'FILES_MISSING', ({ torrent }: TorrentFixture) => rmSync(torrent.dataPath)],
    ['index is gone', 'FILES_MISSING', ({ torrent }: TorrentFixture) => rmSync(torrent.indexPath)],
    ['the torrent file is gone', 'FILES_MISSING', ({ torrent }: TorrentFixture) => rmSync(torrent.torrentPath)],
    ['data is short', 'FILES_TOO_SHORT', ({ torrent }: TorrentFixture) => truncateSync(torrent.dataPath, 5)],
    ['index is short', 'FILES_TOO_SHORT', ({ torrent }: TorrentFixture) => truncateSync(torrent.indexPath, 5)],
    [
      'the torrent file is cut',
      'PIECES_DAMAGED',
      ({ torrent }: TorrentFixture) => truncateSync(torrent.torrentPath, 80),
    ],
    [
      'a byte of data differs',
      'PIECES_DAMAGED',
      ({ torrent }: TorrentFixture) => change(torrent.dataPath, PIECE_BYTES),
    ],
    ['a byte of index differs', 'PIECES_DAMAGED', ({ torrent }: TorrentFixture) => change(torrent.indexPath, 7)],
  ])('%s: refused with %s', async (_what, code, harm) => {
    const harmed = fixture()
    harm(harmed)
    expect(await client.serve({ ...harmed.torrent, check: 'WHOLE' })).toEqual({ ok: false, error: { code } })
    expect(client.active().size).toBe(0)
  })

  test('the torrent file of another torrent: refused', async () => {
    const [one, other] = [fixture(), fixture({ seed: 2 })]
    const outcome = await client.serve({ ...one.torrent, torrentPath: other.torrent.torrentPath })
    expect(outcome).toEqual({ ok: false, error: { code: 'PIECES_DAMAGED' } })
  })

  test.skipIf(process.getuid?.() === 0)('a file that may not be read: refused (not as root)', async () => {
    const { torrent } = fixture()
    chmodSync(torrent.dataPath, 0)
    expect(await client.serve(torrent)).toEqual({ ok: false, error: { code: 'ACCESS_DENIED' } })
  })

  test('data that loses its end while it is served: told, and dropped', async () => {
    const { torrent, torrentFile } = fixture()
    await client.serve(torrent)
    const failed = nextEvent(client, 'FAILED')
    truncateSync(torrent.dataPath, 5)
    const abandoned = download(torrentFile, portOf(client)).catch(() => null)
    expect(await failed).toMatchObject({ infoHash: torrent.infoHash, code: 'FILES_TOO_SHORT' })
    expect(client.active().size).toBe(0)
    void abandoned
  })
})

function change(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  writeFileSync(path, bytes)
}
