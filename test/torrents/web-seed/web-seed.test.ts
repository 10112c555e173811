import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { openHeldFile } from '../../../src/formats/held-pieces.ts'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { createSeededVersions } from '../../../src/torrents/web-seed/seeded-versions.ts'
import { hashOf } from '../../support/fetched-files.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'
import { valueOf } from '../../support/value-of.ts'
import { startWebSeedServer, type WebSeedServer } from '../../support/web-seed-server.ts'

const DATA_PIECES = 8
const DATA_BYTES = DATA_PIECES * PIECE_BYTES
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

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

describe('a web seed', () => {
  test('gives any range of any version of a generation as its bytes are', async () => {
    const { torrent, bytes } = fixture
    const grown = writeTorrentFixture(folder, { seed, dataPieces: DATA_PIECES + 2, indexBytes: 77 })
    // The shorter version shares `data` with the longer one, and ends where it ended.
    server.served.set(grown.torrent.infoHash, grown.torrent)
    expect(grown.torrent.dataPath).toBe(torrent.dataPath)
    const files = [
      { path: pathOf('data'), bytes: bytes.subarray(0, DATA_BYTES) },
      { path: pathOf('index'), bytes: bytes.subarray(DATA_BYTES) },
      { path: pathOf('data', grown), bytes: grown.bytes.subarray(0, DATA_BYTES + 2 * PIECE_BYTES) },
    ]
    const anyRange = fc.record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      of: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(anyRange, async ({ file, at, of }) => {
        const from = Math.floor(at * file.bytes.length)
        const to = from + 1 + Math.floor(of * (file.bytes.length - from))
        const answer = await ask(file.path, { range: `bytes=${from}-${to - 1}` })
        const expected = file.bytes.subarray(from, to)
        expect(answer.status).toBe(206)
        expect(answer.headers.get('content-range')).toBe(
          `bytes ${from}-${from + expected.length - 1}/${file.bytes.length}`,
        )
        expect((await bytesOf(answer)).equals(expected)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('gives a whole file, and says what names it for ever', async () => {
    const before = server.sentBytes()
    const answer = await ask(pathOf('data'), { origin: 'https://page.example' })
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-length': String(DATA_BYTES),
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      etag: `"${fixture.torrent.infoHash}-data"`,
    })
    expect((await bytesOf(answer)).equals(fixture.bytes.subarray(0, DATA_BYTES))).toBe(true)
    expect(server.sentBytes() - before).toBe(DATA_BYTES)
  })

  test('tells of a file without giving it', async () => {
    const before = server.sentBytes()
    const head = await ask(pathOf('index'), { range: 'bytes=0-1' }, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(INDEX_BYTES)])
    const etag = head.headers.get('etag') ?? ''
    expect((await ask(pathOf('index'), { 'if-none-match': `"other", W/${etag}` })).status).toBe(304)
    const beyond = await ask(pathOf('index'), { range: `bytes=${INDEX_BYTES}-` })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${INDEX_BYTES}`])
    expect(server.sentBytes()).toBe(before)
    expect((await ask(pathOf('index'), { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await ask(pathOf('index'), { range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200)
  })

  test('gives the torrent file, with the web seed and no trackers', async () => {
    const text = (await bytesOf(await ask(pathOf('torrent')))).toString('latin1')
    const { infoHash } = fixture.torrent
    expect(valueOf(parseTorrentFile(Buffer.from(text, 'latin1')))).toMatchObject({ infoHash, trackerTiers: [] })
    expect(text).toContain(`8:url-listl${`${server.url}/seed/${infoHash}/`.length}:${server.url}/seed/${infoHash}/e`)
  })

  test('reads a torrent once for all who ask for it at first, and again where that failed', async () => {
    let read = 0
    const versions = createSeededVersions(() => ((read += 1), []))
    const { torrent } = fixture
    const kept = readFileSync(torrent.torrentPath)
    rmSync(torrent.torrentPath)
    await expect(versions.open(torrent)).rejects.toThrow('ENOENT')
    writeFileSync(torrent.torrentPath, kept)
    const [one, ...others] = await Promise.all(Array.from({ length: 20 }, async () => versions.open(torrent)))
    expect(one).toMatchObject({ torrent: { infoHash: torrent.infoHash } })
    expect(others.every((other) => other === one)).toBe(true)
    expect(read).toBe(2)
  })

  test('answers what a browser asks before', async () => {
    const answer = await ask(pathOf('data'), { 'access-control-request-headers': 'range' }, 'OPTIONS')
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    expect(answer.headers.get('access-control-allow-headers')).toContain('Range')
    expect((await ask(pathOf('data'), {}, 'POST')).status).toBe(405)
  })
})

describe('a web seed answers 404 alike', () => {
  test.each([
    ['another file', () => pathOf('stamp')],
    ['another name', () => `/seed/${fixture.torrent.infoHash}/0x00/data`],
    ['no name', () => `/seed/${fixture.torrent.infoHash}/data`],
    ['a torrent that it does not serve', () => `/seed/${'0'.repeat(40)}/${fixture.torrent.communityId}/data`],
    ['a folder', () => `/seed/${fixture.torrent.infoHash}/`],
    ['a way out', () => `/seed/${fixture.torrent.infoHash}/../../../../etc/passwd`],
    ['a way out, written in another way', () => `/seed/${fixture.torrent.infoHash}/%2e%2e/%2e%2e/torrent`],
    ['a name that is only written in another way', () => pathOf('data').replace('data', 'dat%61')],
    ['more behind it', () => `${pathOf('data')}/`],
  ])('for %s', async (_what, path) => {
    // Without the client's own normalising of the path.
    const outgoing = request(server.url, { path: path() }).end()
    const [answer] = (await once(outgoing, 'response')) as [{ statusCode: number; resume(): void }]
    answer.resume()
    expect(answer.statusCode).toBe(404)
    expect(server.failed).toEqual([])
  })

  test('for what was fetched in part, until all of it is here', async () => {
    const heldPath = join(dirname(fixture.torrent.dataPath), 'held.0')
    const held = await openHeldFile(heldPath)
    const hashes = [...Array(DATA_PIECES).keys()].map((piece) => [piece, hashOf(fixture, piece)] as const)
    await held.write(new Map(hashes.slice(1)))
    server.served.set(fixture.torrent.infoHash, { ...fixture.torrent, heldPath })
    expect((await ask(pathOf('data'))).status).toBe(404)
    await held.write(new Map(hashes))
    expect((await ask(pathOf('data'), { range: 'bytes=0-9' })).status).toBe(206)
    await held.write(new Map([[3, null]]))
    await held.close()
    expect((await ask(pathOf('data'), { range: 'bytes=0-9' })).status).toBe(404)
  })
})
