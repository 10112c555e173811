import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { failureCodeOf } from '../../../src/torrents/seeder/seeding-failure.ts'
import { flipByte } from '../../support/file-damage.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'
import { startWebSeedServer, type WebSeedServer } from '../../support/web-seed-server.ts'

const DATA_PIECES = 8
const INDEX_BYTES = PIECE_BYTES + 300

let [folder, server, fixture]: [string, WebSeedServer, TorrentFixture] = ['', {} as never, {} as never]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seedbank-web-seed-'))
  server = await startWebSeedServer()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

let seed = 0
beforeEach(() => {
  fixture = writeTorrentFixture(folder, { seed: (seed += 1), dataPieces: DATA_PIECES, indexBytes: INDEX_BYTES })
  server.served.clear()
  server.failed.length = 0
  server.served.set(fixture.torrent.infoHash, fixture.torrent)
})

function pathOf(file: string, { torrent: { infoHash, communityId } } = fixture): string {
  return file === 'torrent' ? `/seed/${infoHash}.torrent` : `/seed/${infoHash}/${communityId}/${file}`
}

async function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Response> {
  return fetch(server.url + path, { method, headers })
}

/** How much of it came. */
async function lengthOf(response: Response): Promise<number> {
  return (await response.bytes()).length
}

describe('a web seed that is asked for', () => {
  test('damaged bytes gives none of them, and tells', async () => {
    flipByte(fixture.torrent.dataPath, 6 * PIECE_BYTES + 5)
    const wrong = await ask(pathOf('data'), { range: `bytes=${6 * PIECE_BYTES}-` })
    expect(wrong.status).toBe(503)
    expect(server.failed.map(({ error }) => failureCodeOf(error))).toEqual(['PIECES_DAMAGED'])
    // What comes before it is good, and what was begun cannot be taken back but by cutting it off.
    await expect(ask(pathOf('data')).then(lengthOf)).rejects.toThrow('terminated')
    expect((await ask(pathOf('data'), { range: `bytes=0-${6 * PIECE_BYTES - 1}` })).status).toBe(206)
  })

  test('a file that has lost its end, or is gone, tells too', async () => {
    writeFileSync(fixture.torrent.indexPath, '')
    expect((await ask(pathOf('index'))).status).toBe(503)
    rmSync(fixture.torrent.dataPath)
    expect((await ask(pathOf('data'))).status).toBe(503)
    expect(server.failed.map(({ error }) => failureCodeOf(error))).toEqual(['FILES_TOO_SHORT', 'FILES_MISSING'])
  })

  test('a torrent that is dropped meanwhile gives no more of it', async () => {
    const large = writeTorrentFixture(folder, { seed: (seed += 1), dataPieces: 150, indexBytes: 10 })
    server.served.set(large.torrent.infoHash, large.torrent)
    const answer = await ask(pathOf('data', large))
    server.served.clear()
    await expect(lengthOf(answer)).rejects.toThrow('terminated')
    expect(server.failed).toEqual([])
  })
})

describe('a web seed with a limit', () => {
  test('lets slices of pieces go, so that many have their turns, and refuses whom it cannot serve in time', async () => {
    const admitted: number[] = []
    let [streams, most] = [0, 1]
    const limited = await startWebSeedServer(
      {},
      {
        admitStream: async () => {
          if (streams === most) return null
          streams += 1
          return { [Symbol.dispose]: () => void (streams -= 1) }
        },
        admitBytes: async (_infoHash, bytes) => void admitted.push(bytes),
      },
    )
    limited.served.set(fixture.torrent.infoHash, fixture.torrent)
    const url = limited.url + pathOf('index')
    const given = await fetch(url)
    expect([given.status, await lengthOf(given)]).toEqual([200, INDEX_BYTES])
    expect(Math.max(...admitted)).toBeLessThanOrEqual(16_384)
    await expect.poll(() => streams).toBe(0)
    most = 0
    const refused = await fetch(url)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
    await limited.close()
  })
})

describe('clients that do not read', () => {
  /** Asks for all of a large file and reads nothing of it. */
  async function askAndWait(url: string, large: TorrentFixture): Promise<{ ended: Promise<unknown> }> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').pause()
    socket.on('error', () => socket.destroy())
    await once(socket, 'connect')
    socket.write(`GET ${pathOf('data', large)} HTTP/1.1\r\nHost: here\r\n\r\n`)
    return {
      ended: once(
        socket.once('close', () => undefined),
        'close',
      ),
    }
  }

  test('are cut off after a while, and sooner where others want to read', async () => {
    const slow = await startWebSeedServer({ streams: 2, stallMs: 60_000, idleMs: 0 })
    const large = writeTorrentFixture(folder, { seed: (seed += 1), dataPieces: 150, indexBytes: 10 })
    slow.served.set(large.torrent.infoHash, large.torrent)
    await Promise.all([askAndWait(slow.url, large), askAndWait(slow.url, large)])
    const connections = async (): Promise<number> => new Promise((r) => slow.server.getConnections((_e, n) => r(n)))
    await expect.poll(connections).toBe(2)
    await expect.poll(async () => stalledBytes(slow)).toBe(true)
    const answer = await fetch(slow.url + pathOf('index', large))
    expect([answer.status, await lengthOf(answer)]).toEqual([200, 10])
    await slow.close()
  })

  test('hold nothing for longer than the time that a piece may take', async () => {
    const hasty = await startWebSeedServer({ streams: 1, stallMs: 50, idleMs: 60_000 })
    const large = writeTorrentFixture(folder, { seed: (seed += 1), dataPieces: 150, indexBytes: 10 })
    hasty.served.set(large.torrent.infoHash, large.torrent)
    const connection = once(hasty.server, 'connection') as Promise<[{ destroyed: boolean }]>
    await askAndWait(hasty.url, large)
    const [socket] = await connection
    await expect.poll(() => socket.destroyed).toBe(true)
    await hasty.close()
  })
})

/** Whether nothing was sent between two looks. */
async function stalledBytes({ sentBytes }: WebSeedServer): Promise<boolean> {
  const before = sentBytes()
  await new Promise((resolve) => setTimeout(resolve, 20))
  return before > 0 && sentBytes() === before
}
