import { beforeAll, expect, test } from 'vitest'
import { NO_LIMITS } from '../../../src/torrents/client/torrent-limits.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { BAD_BYTES, wantedOf, writeDamagedTorrent } from '../../support/damaged-torrent.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { startPlainSeeder } from '../../support/plain-seeder.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, portOf } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'
import { startWatchedLeecher } from '../../support/watched-leecher.ts'

const BLOCK_BYTES = 16_384
/** Of a community, and of the whole client. */
const [RATE, CLIENT_RATE] = [100_000, 200_000]
/** What may be moved at once after a pause. */
const [BURST, CLIENT_BURST] = [RATE / 4, 262_144]
/** What takes 40 seconds at the rate, so that who has all of it was not held to that. */
const PIECES = 40
const TIMEOUT_MS = 30_000

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  return () => client.stop()
})

async function serve(seed: number, dataPieces = PIECES): Promise<TorrentFixture> {
  const fixture = writeTorrentFixture(createTemporaryFolder(), { seed, dataPieces, indexBytes: 300 })
  await client.serve(fixture.torrent)
  return fixture
}

test(
  'a community is held to its limit for all peers together, while another is not, until the limit is raised',
  async () => {
    const [slow, fast] = [await serve(1), await serve(2, 20)]
    const { communityId } = slow.torrent
    const limitTo = (uploadBytesPerSecond: number): void =>
      client.limit({ ...NO_LIMITS, communities: [{ communityId, uploadBytesPerSecond }] })
    limitTo(RATE)
    const begun = performance.now()
    const port = portOf(client)
    const one = await startWatchedLeecher(slow.torrentFile, port)
    const other = await startWatchedLeecher(slow.torrentFile, port)
    await (
      await startWatchedLeecher(fast.torrentFile, port)
    ).done
    await Promise.all([one.given(3 * BLOCK_BYTES), other.given(3 * BLOCK_BYTES)])
    const bytes = one.bytes() + other.bytes()
    expect(bytes).toBeLessThanOrEqual((RATE * (performance.now() - begun)) / 1000 + BURST)

    limitTo(1e9)
    await one.done
    client.limit(NO_LIMITS)
    await other.done
    expect([one.connections(), other.connections()]).toEqual([1, 1])
  },
  TIMEOUT_MS,
)

test(
  'all torrents together are held to a limit, which is lowered and lifted while peers stay connected',
  async () => {
    const fixture = await serve(3)
    client.limit({ ...NO_LIMITS, uploadBytesPerSecond: CLIENT_RATE })
    const begun = performance.now()
    const leecher = await startWatchedLeecher(fixture.torrentFile, portOf(client))
    await leecher.given(CLIENT_BURST + 5 * BLOCK_BYTES)
    expect(leecher.bytes()).toBeLessThanOrEqual((CLIENT_RATE * (performance.now() - begun)) / 1000 + CLIENT_BURST)

    // Less in a second than the block that waits to be sent.
    client.limit({ ...NO_LIMITS, uploadBytesPerSecond: BLOCK_BYTES - 1 })
    await leecher.given(leecher.bytes() + 1)
    client.limit(NO_LIMITS)
    await leecher.done
    expect(leecher.connections()).toBe(1)
  },
  TIMEOUT_MS,
)

test('what comes from peers is held to a limit too, by the process after this one as well', async () => {
  const fixture = writeDamagedTorrent()
  const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
  client.limit({ ...NO_LIMITS, downloadBytesPerSecond: RATE })
  const up = nextEvent(client, 'UP')
  process.kill(client.pid ?? 0, 'SIGKILL')
  await up
  const begun = performance.now()
  await client.fetch(wantedOf(fixture, { peers: [seeder.address] }))
  expect(BAD_BYTES).toBeLessThanOrEqual((RATE * (performance.now() - begun)) / 1000 + CLIENT_BURST)
})
