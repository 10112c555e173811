import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { askHttp, readBody, readWhole, type HttpQuestion } from '../../../src/torrents/web-sources/ask-http.ts'
import { fetchInfo } from '../../../src/torrents/web-sources/fetch-info.ts'
import { fetchRange } from '../../../src/torrents/web-sources/fetch-range.ts'
import { RequestedBlocks } from '../../../src/torrents/web-sources/requested-blocks.ts'
import { startHttpSource, type HttpSource, type SourceManner } from '../../support/http-source.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

const { signal } = new AbortController()
const ANYWHERE = { resolve: async () => ['127.0.0.1'], allowPrivate: true }
const fixture = (): ReturnType<typeof writeTorrentFixture> =>
  writeTorrentFixture(createTemporaryFolder(), { seed: 801, dataPieces: 1, indexBytes: 50 })

/** A file of a source, asked for by a name that stands for its address. */
async function ask(manner: SourceManner): Promise<{ question: HttpQuestion; source: HttpSource }> {
  const torrent = fixture()
  const source = await startHttpSource(torrent, manner)
  const url = `${source.url.replace('127.0.0.1', 'seed.example')}${torrent.torrent.communityId}/data`
  return { question: { url, rules: ANYWHERE, signal, silenceMs: manner === 'SILENT' ? 100 : 10_000 }, source }
}

const RANGE = { from: 5, to: 105 }

describe('a server that a link names', () => {
  test.each([
    ['HONEST', null],
    ['TOO_MUCH', 'NEVER'],
    ['ANOTHER_RANGE', 'NEVER'],
    ['WHOLE_FILES', 'NEVER'],
    ['REDIRECT', 'NEVER'],
    ['COMPRESSED', 'NEVER'],
    ['TOO_LITTLE', 'LATER'],
    ['BREAKS_OFF', 'LATER'],
    ['ERROR', 'LATER'],
    ['SILENT', 'LATER'],
  ] as const)('of manner %s gives no byte that was not asked for: %s', async (manner, when) => {
    const { question, source } = await ask(manner)
    let came = 0
    const fetched = fetchRange(question, RANGE, PIECE_BYTES, (bytes) => (came += bytes.length))
    if (when === null) await fetched
    else await expect(fetched).rejects.toMatchObject({ name: 'HttpFailure', when })
    expect(came).toBeLessThanOrEqual(RANGE.to - RANGE.from)
    expect(source.asked.map(({ range }) => range)).toEqual(['bytes=5-104'])
  })

  test('is left where what it gives comes too slowly, though it is never silent', async () => {
    const { question } = await ask('DRIPS')
    let came = 0
    const fetched = fetchRange(question, RANGE, PIECE_BYTES, (bytes) => (came += bytes.length), 200)
    await expect(fetched).rejects.toMatchObject({ name: 'HttpFailure', when: 'LATER' })
    expect(came).toBeLessThan(20)
  })

  test('may give a whole file where that was asked for', async () => {
    const { question } = await ask('WHOLE_FILES')
    let came = 0
    await fetchRange(question, { from: 0, to: PIECE_BYTES }, PIECE_BYTES, (bytes) => (came += bytes.length))
    expect(came).toBe(PIECE_BYTES)
  })

  test.each([
    ['its name stands for an address of this machine', 'seed.example'],
    ['it is one', '127.0.0.1'],
    ['it is one, written in another way', '0x7f.1'],
    ['its name is one of the local network', 'printer.local'],
  ])('is not dialled where %s', async (_why, host) => {
    const { question, source } = await ask('HONEST')
    const url = question.url.replace('seed.example', host)
    const rules = { ...ANYWHERE, allowPrivate: false }
    await expect(askHttp({ ...question, url, rules })).rejects.toMatchObject({ when: 'NEVER' })
    expect(source.asked).toEqual([])
  })

  test('is left as soon as nobody wants it any more', async () => {
    const { question } = await ask('SILENT')
    const leaving = new AbortController()
    const asked = askHttp({ ...question, silenceMs: 60_000, signal: leaving.signal })
    leaving.abort()
    await expect(asked).rejects.toMatchObject({ when: 'LATER' })
  })

  test('fills no memory with what should be a torrent file', async () => {
    const { torrent } = fixture()
    const source = await startHttpSource(fixture(), 'TOO_MUCH')
    const question = { url: source.torrentFileUrl, rules: ANYWHERE, signal }
    await expect(fetchInfo(question, torrent.infoHash)).rejects.toMatchObject({ when: 'NEVER' })
    await expect(readBody(await askHttp(question), 10, () => undefined)).rejects.toMatchObject({ when: 'NEVER' })
  })
})

describe('what comes a byte at a time', () => {
  const TEXT = 'abcdefghij'.repeat(7_000)
  // One buffer for all of them: whoever keeps what came, and not a copy, has the last byte all over.
  const chunk = Buffer.alloc(1)

  test('is copied as it comes, and kept nowhere else', async () => {
    const answer = {
      async *[Symbol.asyncIterator]() {
        for (const byte of Buffer.from(TEXT)) yield chunk.fill(byte)
      },
      destroy: () => undefined as never,
    }
    expect((await readWhole(answer, TEXT.length)).equals(Buffer.from(TEXT))).toBe(true)
    await expect(readWhole(answer, TEXT.length - 1)).rejects.toMatchObject({ when: 'NEVER' })
  })

  test('makes blocks that are one buffer each', () => {
    const blocks = new RequestedBlocks()
    const given: string[] = []
    for (const start of [0, 10]) blocks.add({ start, length: 10, give: (bytes) => given.push(bytes.toString()) })
    const run = blocks.next(() => ({ offset: 0, length: 20 }))
    for (const byte of Buffer.from('0123456789abcdefghij')) run?.take(chunk.fill(byte))
    expect(given).toEqual(['0123456789', 'abcdefghij'])
  })
})

test('blocks that follow one another are asked for at once, four at most, and each is given when it is whole', () => {
  const blocks = new RequestedBlocks()
  const given: string[] = []
  const add = (start: number): void =>
    blocks.add({ start, length: 10, give: (bytes) => given.push(`${start}: ${bytes.toString()}`) })
  const files = (start: number): { offset: number; length: number } =>
    start < 70 ? { offset: 0, length: 70 } : { offset: 70, length: 30 }
  for (const start of [20, 0, 10, 30, 50, 60, 70, 40]) add(start)
  const first = blocks.next(files)
  expect([first?.from, first?.to]).toEqual([20, 60])
  for (const bytes of ['012345', '6789abcdefghijABCDEFGHIJabcde', 'fghi', 'j']) first?.take(Buffer.from(bytes))
  expect(given).toEqual(['20: 0123456789', '30: abcdefghij', '40: ABCDEFGHIJ', '50: abcdefghij'])
  const rest = [blocks.next(files), blocks.next(files), blocks.next(files)]
  expect(rest.map((run) => run && [run.from, run.to])).toEqual([
    [0, 20],
    [60, 70],
    [70, 80],
  ])
  expect(blocks.next(files)).toBeNull()
})
