// A structured fuzz of the peer wire protocol, against a seeder and a leecher.
//   node bench/wire-fuzz.ts [--seconds 30] [--connections 20] [--seed N]
// Exit code 0: no process died, and everything was served and fetched at the end as at the beginning.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createTorrentClient, type TorrentClient } from '../src/torrents/client/torrent-client.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../test/support/loopback-torrents.ts'
import { dial, handshake } from '../test/support/raw-peer.ts'
import { writeTorrentFixture, type TorrentFixture } from '../test/support/torrent-fixture.ts'
import { politeOpening, randomFrame } from './wire-fuzz/fuzz-frames.ts'
import { createSeededRandom, type SeededRandom } from '../test/support/seeded-random.ts'

interface Target {
  readonly port: number
  readonly infoHashes: readonly [string, ...string[]]
}

interface Tally {
  connections: number
  frames: number
  refusedDials: number
}

const LEECHER = fileURLToPath(new URL('./wire-fuzz/fuzz-leecher.ts', import.meta.url))
const FETCH_MS = 30_000

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    connections: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const [seconds, connections, seed] = [values.seconds, values.connections, values.seed].map(Number) as [
  number,
  number,
  number,
]
const folder = mkdtempSync(join(tmpdir(), 'wire-fuzz-'))
try {
  process.exitCode = (await fuzz()) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function fuzz(): Promise<boolean> {
  console.log(`wire fuzz: ${connections} connections for ${seconds} s, seed ${seed}`)
  const fixtures = [1, 2].map((each) =>
    writeTorrentFixture(join(folder, 'seeded'), { seed: each, dataPieces: 30, indexBytes: 300 }),
  )
  const [first, second] = fixtures as [TorrentFixture, TorrentFixture]
  // Nobody is refused by address, so that every frame is judged.
  const client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, refuseAfterOffences: 0 })
  let deaths = 0
  client.onEvent(({ type }) => (deaths += type === 'DOWN' ? 1 : 0))
  await Promise.all(fixtures.map(({ torrent }) => client.serve({ ...torrent, check: 'WHOLE' })))
  const servedBefore = client.active().size
  const leecher = await startLeecher(first, second)

  const infoHashes = [first.torrent.infoHash, second.torrent.infoHash] as const
  const targets = [
    { port: client.port ?? 0, infoHashes },
    { port: leecher.port, infoHashes },
  ] as const
  const tally = { connections: 0, frames: 0, refusedDials: 0 }
  const end = performance.now() + seconds * 1_000
  await Promise.all(
    Array.from({ length: connections }, (_, at) => attack(createSeededRandom(seed + at), targets, end, tally)),
  )

  const fetched = await fetchAll(leecher.process, client, fixtures)
  const servedAfter = client.active().size
  await client.stop()
  console.log(`${tally.connections} connections, ${tally.frames} frames, ${tally.refusedDials} dials not answered`)
  console.log(`seeder: died ${deaths} times, served ${servedBefore} torrents before and ${servedAfter} after`)
  console.log(`leecher: ${fetched}`)
  return deaths === 0 && servedAfter === servedBefore && fetched.startsWith('alive')
}

/** One connection after the other, to either side, from ever new addresses. */
async function attack(
  random: SeededRandom,
  targets: readonly [Target, Target],
  end: number,
  tally: Tally,
): Promise<void> {
  while (performance.now() < end) {
    const { port, infoHashes } = random.pick(targets)
    const address = `127.${random.below(254) + 1}.${random.below(254) + 1}.${random.below(254) + 1}`
    const peer = await dial(port, address).catch(() => null)
    if (peer === null) {
      tally.refusedDials += 1
      await wait(50)
      continue
    }
    tally.connections += 1
    const opening = random.below(10) === 0 ? random.bytes(96 + random.below(200)) : handshake(random.pick(infoHashes))
    peer.send(opening, random.below(3) === 0 ? Buffer.alloc(0) : politeOpening(random))
    const patience = AbortSignal.timeout(1_000)
    for (let left = random.below(30); left > 0 && !peer.socket.destroyed && !patience.aborted; left -= 1) {
      peer.send(randomFrame(random))
      tally.frames += 1
      if (random.below(3) === 0) await wait(random.below(20))
    }
    await Promise.race([peer.closed, wait(random.below(100))])
    peer.socket.destroy()
  }
}

async function startLeecher(
  byMagnet: TorrentFixture,
  byFile: TorrentFixture,
): Promise<{ process: ChildProcess; port: number }> {
  const child = fork(LEECHER, [], { execArgv: ['--max-old-space-size=512'] })
  child.send({
    folder: join(folder, 'leeched'),
    magnet: `magnet:?xt=urn:btih:${byMagnet.torrent.infoHash}`,
    torrentFile: Buffer.from(byFile.torrentFile).toString('base64'),
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { process: child, port }
}

/** Gives the leecher an honest seeder; it must still be able to fetch both torrents. */
async function fetchAll(
  leecher: ChildProcess,
  client: TorrentClient,
  fixtures: readonly TorrentFixture[],
): Promise<string> {
  if (leecher.exitCode !== null || leecher.signalCode !== null) {
    return `dead with ${leecher.signalCode ?? leecher.exitCode}`
  }
  leecher.send(client.port ?? 0)
  const signal = AbortSignal.timeout(FETCH_MS)
  const [{ offences }] = (await once(leecher, 'message', { signal }).catch(() => [{ offences: null }])) as [
    { offences: number | null },
  ]
  if (offences === null) {
    leecher.kill('SIGKILL')
    return `did not fetch both torrents within ${FETCH_MS / 1_000} s`
  }
  const whole = fixtures.every(({ torrent: { communityId }, bytes }) => {
    const files = ['data', 'index'].map((name) => readFileSync(join(folder, 'leeched', communityId, name)))
    return Buffer.concat(files).equals(bytes)
  })
  return whole
    ? `alive, disconnected ${offences} offenders, fetched ${fixtures.length} torrents`
    : 'fetched other bytes'
}
