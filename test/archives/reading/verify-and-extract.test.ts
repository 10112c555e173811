import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { indexPathOf, torrentPathOf } from '../../../src/archives/archive-paths.ts'
import { extractArchive, type ExtractionRequest } from '../../../src/archives/reading/extract-archive.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import { parseTorrentFile, type Torrent } from '../../../src/formats/torrent-parser.ts'
import { verifyPieces, type TorrentFilePaths } from '../../../src/archives/reading/verify-pieces.ts'
import type { ContentTopic } from '../../../src/domain/content-topic.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { dataOf, pack } from '../../support/packed-history.ts'
import { decodedMessage, encodedMessage } from '../../support/encoded-message.ts'
import { readSmallHistory, smallHistory } from '../../support/small-history.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

/** Twelve pieces or so of 256 bytes each. */
function packed(): { readonly torrent: Torrent; readonly paths: TorrentFilePaths; readonly first: ExtractionRequest } {
  const request = smallHistory(createTemporaryFolder())
  const { archivesDir, communityId, contentTopics, pieceBytes } = request
  const version = pack(request)
  const torrentPath = torrentPathOf(archivesDir, communityId, version.infoHash)
  const [archive] = version.archives
  if (archive === undefined) throw new Error('Nothing was packed')
  return {
    torrent: valueOf(parseTorrentFile(readFileSync(torrentPath), pieceBytes)),
    paths: {
      dataPath: dataOf(request, version),
      indexPath: indexPathOf(archivesDir, communityId, version.infoHash),
    },
    first: { ...archive, metadata: { from: archive.from, to: archive.to, contentTopics } },
  }
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

describe('verifying pieces', () => {
  test('names exactly the bad ones, in data and in the index', async () => {
    const { torrent, paths } = packed()
    const dataPieces = torrent.dataBytes / torrent.pieceBytes
    flip(paths.dataPath, 0)
    flip(paths.dataPath, 3 * 256 + 255)
    flip(paths.indexPath, torrent.indexBytes - 1)
    const last = dataPieces + Math.floor((torrent.indexBytes - 1) / 256)
    expect(await verifyPieces(torrent, paths)).toEqual([0, 3, last])
    expect(await verifyPieces(torrent, paths, 1)).toEqual([3, last])
    expect(await verifyPieces(torrent, paths, 4)).toEqual([last])
    expect(await verifyPieces(torrent, paths, dataPieces)).toEqual([last])
    expect(await verifyPieces(torrent, paths, last + 1)).toEqual([])
  })

  test('does not mind what a later version appended to data', async () => {
    const { torrent, paths } = packed()
    appendFileSync(paths.dataPath, 'of a later version')
    expect(await verifyPieces(torrent, paths)).toEqual([])
  })

  test('finds the pieces bad that a file is too short for, zeros or not', async () => {
    const { torrent, paths } = packed()
    const lastPiece = torrent.dataBytes / 256 - 1
    truncateSync(paths.dataPath, torrent.dataBytes - 1)
    expect(await verifyPieces(torrent, paths)).toEqual([lastPiece])
  })

  test('throws when there is no file', async () => {
    const { torrent, paths } = packed()
    await expect(verifyPieces(torrent, { ...paths, dataPath: `${paths.dataPath}.no` })).rejects.toThrow('ENOENT')
  })
})

describe('extracting an archive', () => {
  test('refuses one that data is too short for', async () => {
    const { paths, first } = packed()
    truncateSync(paths.dataPath, first.rawBytes - 5)
    expect(await extractArchive(paths.dataPath, first)).toEqual({
      ok: false,
      error: {
        type: 'ArchiveCutShort',
        id: first.id,
        expectedBytes: first.rawBytes,
        foundBytes: first.rawBytes - 5,
      },
    })
  })

  test('refuses one beyond the end of data, and takes no memory for it', async () => {
    const { paths, first } = packed()
    const beyond = { ...first, offset: 2 ** 40, rawBytes: 2 ** 40 }
    expect(await extractArchive(paths.dataPath, beyond)).toMatchObject({ error: { type: 'ArchiveTooLarge' } })
    expect(await extractArchive(paths.dataPath, beyond, Infinity)).toMatchObject({ error: { foundBytes: 0 } })
  })

  test('refuses bytes that are not those recorded', async () => {
    const { paths, first } = packed()
    flip(paths.dataPath, first.rawBytes - 1)
    expect(await extractArchive(paths.dataPath, first)).toMatchObject({ error: { type: 'ArchiveDigestDiffers' } })
    expect(await extractArchive(paths.dataPath, { ...first, sha256: null })).toMatchObject({ ok: true })
  })

  test('refuses what is no archive', async () => {
    const { paths, first } = packed()
    const inTheMiddle = { ...first, offset: 3, sha256: null }
    expect(await extractArchive(paths.dataPath, inTheMiddle)).toMatchObject({ error: { type: 'MalformedEncoding' } })
  })

  test.each<[string, Partial<ExtractionRequest['metadata']>]>([
    ['range', { to: 49 as UnixSeconds }],
    ['topics', { contentTopics: [] }],
  ])('refuses one whose %s is not what the index says', async (_, differing) => {
    const { paths, first } = packed()
    const request = { ...first, metadata: { ...first.metadata, ...differing } }
    expect(await extractArchive(paths.dataPath, request)).toMatchObject({ error: { type: 'ArchiveMetadataDiffers' } })
  })

  test('leaves out messages that do not belong, and names them', async () => {
    const request = { ...smallHistory(createTemporaryFolder()), partitionSeconds: 100, chunkBytes: 10_000 }
    const foreign = '0x0a0b0c0d' as ContentTopic
    const strays = [...readSmallHistory.inRange(98 as UnixSeconds, 102 as UnixSeconds)].map((message, index) =>
      index === 1 ? encodedMessage({ ...decodedMessage(message), topic: foreign }) : message,
    )
    const version = valueOf(packArchives(request, { inRange: () => strays, late: () => [] }))
    const [archive] = version?.archives ?? []
    if (version === null || archive === undefined) throw new Error('Nothing was packed')
    const { from, to } = archive
    const metadata = { from, to, contentTopics: request.contentTopics }
    const extracted = valueOf(await extractArchive(dataOf(request, version), { ...archive, metadata }))
    expect(extracted.messages.map(({ timestamp }) => timestamp)).toEqual([98])
    expect(extracted.misplaced).toEqual([
      { index: 1, reason: 'FOREIGN_TOPIC' },
      { index: 2, reason: 'OUT_OF_RANGE' },
      { index: 3, reason: 'OUT_OF_RANGE' },
    ])
  })
})
