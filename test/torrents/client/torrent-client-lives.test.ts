import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { download } from '../../support/plain-leecher.ts'
import { promisedMs } from '../../support/promised-ms.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { CAN_FIND_CHILDREN, torrentClientPidOf } from '../../support/torrent-client-pid.ts'
import { nextEvent, portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'
import type { TorrentClient } from '../../../src/torrents/client/torrent-client.ts'

const INTERNAL = { ok: false, error: { code: 'INTERNAL' } }
const OWNER = fileURLToPath(new URL('../../support/torrent-client-owner.ts', import.meta.url))

describe('when the process of the torrent client is killed', () => {
  test('it is back on the same port within 2 s, empty, and serves what it is asked to', async () => {
    const { torrent, torrentFile, bytes } = writeTorrentFixture(createTemporaryFolder(), {
      seed: 1,
      dataPieces: 2,
      indexBytes: 300,
    })
    const begunAt = performance.now()
    const client = await startTorrentClient()
    const firstStartMs = performance.now() - begunAt
    await client.serve(torrent)
    const { port, pid } = client

    const [down, up] = [nextEvent(client, 'DOWN'), nextEvent(client, 'UP')]
    const killedAt = performance.now()
    kill(client)
    expect(await down).toEqual({ type: 'DOWN', exitCode: null, signal: 'SIGKILL' })
    expect([client.active().size, client.stats().size, client.port, client.pid]).toEqual([0, 0, null, null])
    expect(await client.serve(torrent)).toEqual({ ok: false, error: { code: 'INTERNAL' } })

    await up
    expect(await client.serve(torrent)).toMatchObject({ ok: true })
    const backMs = performance.now() - killedAt
    console.log(`killed and serving again after ${backMs.toFixed(0)} ms`)
    // On a machine so busy that the first start takes a second, the next takes no less.
    expect(backMs).toBeLessThan(Math.max(promisedMs(2_000), 2 * firstStartMs))
    expect(client.port).toBe(port)
    expect(client.pid).not.toBe(pid)
    expect((await download(torrentFile, portOf(client))).bytes.equals(bytes)).toBe(true)
  })

  test('what was asked of it is refused at once', async () => {
    const { torrent } = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 400, indexBytes: 300 })
    const client = await startTorrentClient()
    const asked = [client.serve({ ...torrent, check: 'WHOLE' }), client.drop(torrent.infoHash)]
    kill(client)
    expect(await Promise.all(asked)).toEqual([INTERNAL, undefined])
  })

  test('stopping while it is down starts nothing anew', async () => {
    const client = await startTorrentClient()
    const down = nextEvent(client, 'DOWN')
    const port = portOf(client)
    kill(client)
    await down
    await client.stop()
    expect(await isListening(port)).toBe(false)
    expect(client.port).toBeNull()
  })
})

test('a drop that is not answered in time ends the process: once it resolves, nothing is served', async () => {
  const { torrent } = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes: 300 })
  // Opening a pipe that nobody writes to waits, as a disk that does not answer does; and the drop waits behind it.
  rmSync(torrent.dataPath)
  execFileSync('mkfifo', [torrent.dataPath])
  const client = await startTorrentClient({}, 200)
  const [down, up] = [nextEvent(client, 'DOWN'), nextEvent(client, 'UP')]
  const { pid } = client
  const served = client.serve(torrent)
  await client.drop(torrent.infoHash)
  expect(client.pid).not.toBe(pid)
  expect(await down).toEqual({ type: 'DOWN', exitCode: null, signal: 'SIGKILL' })
  expect(await served).toMatchObject({ ok: false })
  await up
})

test('a stopped client is gone, without an event', async () => {
  const client = await startTorrentClient()
  const port = portOf(client)
  const events: string[] = []
  client.onEvent(({ type }) => events.push(type))
  await client.stop()
  expect(await isListening(port)).toBe(false)
  expect(events).toEqual([])
})

test('the port is free within a second of the SIGKILL of the process that owns the client', async () => {
  const owner = fork(OWNER, [], { execArgv: [] })
  onTestFinished(() => void owner.kill('SIGKILL'))
  const [{ port }] = (await once(owner, 'message')) as [{ port: number }]
  expect(await isListening(port)).toBe(true)
  owner.kill('SIGKILL')
  await expect.poll(() => isListening(port), { timeout: promisedMs(1_000), interval: 20 }).toBe(false)
})

test('the client ends without a word where the process that owns it is killed while it tells something', async () => {
  const owner = fork(OWNER, [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  onTestFinished(() => void owner.kill('SIGKILL'))
  const [{ pid }] = (await once(owner, 'message')) as [{ pid: number }]
  const said = owner.stderr === null ? null : text(owner.stderr)
  // Its next sample is due when it goes on, and is told before it hears that nobody is there.
  process.kill(pid, 'SIGSTOP')
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await setTimeout(1_100)
  process.kill(pid, 'SIGCONT')
  expect(await said).toBe('')
})

test.runIf(CAN_FIND_CHILDREN)(
  'signals that are for the main process end neither its client nor its start',
  async () => {
    const owner = fork(OWNER, [], { execArgv: [] })
    onTestFinished(() => void owner.kill('SIGKILL'))
    const listening = Promise.race([once(owner, 'message'), once(owner, 'exit').then(() => [{ pid: 0 }])])
    process.kill(await firstChildOf(owner.pid), 'SIGINT')
    const [{ pid }] = (await listening) as [{ pid: number }]
    expect(pid).toBeGreaterThan(0)
    // Now it knows better.
    for (const signal of ['SIGINT', 'SIGTERM']) process.kill(pid, signal)
    await setTimeout(100)
    expect(existsSync(`/proc/${pid}`)).toBe(true)
  },
)

async function firstChildOf(pid: number | undefined): Promise<number> {
  let found: number | null = null
  await expect
    .poll(() => (found = torrentClientPidOf(pid ?? 0)), { timeout: promisedMs(5_000), interval: 1 })
    .not.toBeNull()
  return found ?? 0
}

function kill({ pid }: TorrentClient): void {
  if (pid === null) throw new Error('Expected a torrent client that is up')
  process.kill(pid, 'SIGKILL')
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false) // `once` of "connect" rejects on the same error.
  socket.destroy()
  return outcome
}
