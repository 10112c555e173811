import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import type { Download, TorrentToDownload } from '../../../src/torrents/client/download.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { createFetchedFiles, heldPiecesOf, isOnDisk, magnetOf } from '../../support/fetched-files.ts'
import { startHttpSource, type HttpSource } from '../../support/http-source.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

const OK = { ok: true, value: undefined }
const DATA_PIECES = 12
const ALL = [{ from: 0, to: DATA_PIECES + 2 }]

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  return () => client.stop()
})

/** Opens a download that is closed with the test. */
function open(wanted: TorrentToDownload): Download {
  const download = client.openDownload(wanted)
  onTestFinished(async () => download.close())
  return download
}

let seed = 700
function fixture(): TorrentFixture {
  const shape = { seed: (seed += 1), dataPieces: DATA_PIECES, indexBytes: PIECE_BYTES + 300 }
  return writeTorrentFixture(createTemporaryFolder(), shape)
}

function sourcesOf(...sources: readonly HttpSource[]): Required<Pick<TorrentToDownload, 'webSources'>> {
  const [webSeeds, torrentFiles] = [sources.map(({ url }) => url), sources.map((each) => each.torrentFileUrl)]
  return { webSources: { webSeeds, torrentFiles } }
}

/** The download of a torrent whose torrent file is here. */
function known(torrent: TorrentFixture, ...peers: readonly string[]): TorrentToDownload {
  return { ...magnetOf(torrent, ...peers), torrentPath: torrent.torrent.torrentPath }
}

describe('with no peer at all', () => {
  test('a download goes from the magnet link to the last piece, a few pieces a request', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const source = await startHttpSource(torrent)
    const download = open({ ...magnetOf(torrent), ...sourcesOf(source) })
    const metadata = await download.metadata()
    expect(metadata.ok && Buffer.from(metadata.value)).toEqual(Buffer.from(torrent.metadata))
    const index = { from: DATA_PIECES, to: DATA_PIECES + 2 }
    expect(await download.fetch({ files, pieces: [index] })).toEqual(OK)
    expect(readFileSync(files.indexPath)).toEqual(torrent.bytes.subarray(DATA_PIECES * PIECE_BYTES))
    expect(new Set(source.asked.slice(1).map(({ path }) => path.slice(-5)))).toEqual(new Set(['index']))
    expect(await download.fetch({ files, pieces: ALL })).toEqual(OK)
    expect(readFileSync(files.dataPath)).toEqual(torrent.bytes.subarray(0, DATA_PIECES * PIECE_BYTES))
    expect(await heldPiecesOf(files, torrent)).toHaveLength(DATA_PIECES)
    const lengths = source.asked.flatMap(({ range }) => lengthOf(range))
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(torrent.bytes.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4 * PIECE_BYTES)
  })

  test('a bad torrent file is passed over, and one of another torrent', async () => {
    const torrent = fixture()
    const [other, redirecting, honest] = [
      await startHttpSource(fixture()),
      await startHttpSource(torrent, 'REDIRECT'),
      await startHttpSource(torrent),
    ]
    const download = open({ ...magnetOf(torrent), ...sourcesOf(other, redirecting, honest) })
    expect((await download.metadata()).ok).toBe(true)
    expect([other, redirecting, honest].map(({ asked }) => asked.length)).toEqual([1, 1, 1])
  })

  test('a seed that gives nothing is no peer', async () => {
    const torrent = fixture()
    const source = await startHttpSource(torrent, 'ERROR')
    const download = open({ ...magnetOf(torrent), ...sourcesOf(source) })
    expect(await download.metadata({ timeoutMs: 200 })).toEqual({ ok: false, error: { code: 'NO_PEERS' } })
    await download.close()
    const files = createFetchedFiles()
    const started = open({ ...known(torrent), ...sourcesOf(source) })
    const outcome = await started.fetch({ files, pieces: ALL, stallMs: 200 })
    expect(outcome).toEqual({ ok: false, error: { code: 'NO_PEERS' } })
  })
})

describe('a web seed', () => {
  const HOSTILE = ['WRONG_BYTES', 'TOO_MUCH', 'REDIRECT', 'TOO_LITTLE'] as const

  test.for(HOSTILE)('of manner %s holds up nobody: another gives all', async (manner) => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const [bad, honest] = [await startHttpSource(torrent, manner), await startHttpSource(torrent)]
    const download = open({ ...known(torrent), ...sourcesOf(bad, honest) })
    expect(await download.fetch({ files, pieces: ALL, stallMs: 10_000 })).toEqual(OK)
    expect([...Array(DATA_PIECES).keys()].every((piece) => isOnDisk(files, torrent, piece))).toBe(true)
    // Both are asked for a piece at first.
    expect(bad.asked.length).toBeGreaterThan(0)
    expect(bad.asked.length).toBeLessThanOrEqual(2)
  })

  test('that refuses the second of two ranges gives the first, and then that one', async () => {
    const torrent = fixture()
    const source = await startHttpSource(torrent, 'ONE_AT_A_TIME')
    const download = open({ ...known(torrent), ...sourcesOf(source) })
    expect(await download.fetch({ files: createFetchedFiles(), pieces: ALL, stallMs: 3_000 })).toEqual(OK)
  })

  const REPENTING = [
    ['WRONG_BYTES', 'for good'],
    ['REDIRECT', 'for good'],
    ['TOO_LITTLE', 'for a while'],
    ['ERROR', 'for a while'],
  ] as const
  test.for(REPENTING)(
    'of manner %s is left %s',
    { concurrent: true },
    async ([manner, howLong], { expect: expectHere }) => {
      const torrent = fixture()
      const files = createFetchedFiles()
      const source = await startHttpSource(torrent, manner)
      const download = client.openDownload({ ...known(torrent), ...sourcesOf(source) })
      const first = await download.fetch({ files, pieces: ALL, stallMs: 300 })
      expectHere(first.ok).toBe(false)
      const asked = source.asked.length
      source.manner = 'HONEST'
      const again = await download.fetch({ files, pieces: ALL, stallMs: howLong === 'for good' ? 1_200 : 10_000 })
      expectHere(again.ok).toBe(howLong === 'for a while')
      if (howLong === 'for good') expectHere(source.asked.length).toBe(asked)
      await download.close()
    },
  )
})

function lengthOf(range: string | null): readonly number[] {
  const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
  return from === undefined ? [] : [Number(last) - Number(from) + 1]
}
