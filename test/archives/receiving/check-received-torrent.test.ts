import bencode, { type Bencodable } from 'bencode'
import { describe, expect, test } from 'vitest'
import {
  checkReceivedTorrent,
  MAX_INDEX_BYTES,
  MAX_INFO_BYTES,
} from '../../../src/archives/receiving/check-received-torrent.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { InfoHash } from '../../../src/domain/info-hash.ts'
import { encodeInfo, infoHashOf, torrentFileOf } from '../../../src/formats/torrent-file.ts'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { valueOf } from '../../support/value-of.ts'

const COMMUNITY = `0x02${'ab'.repeat(32)}` as CommunityId
const FILES = [
  { length: 2 * PIECE_BYTES, path: ['data'] },
  { length: 5, path: ['index'] },
]
const GOOD = { files: FILES, name: COMMUNITY, 'piece length': PIECE_BYTES, pieces: Buffer.alloc(60, 7) }

/** Checks what peers gave, under a link with the right hash. */
function check(info: Bencodable): ReturnType<typeof checkReceivedTorrent> {
  const bytes = bencode.encode(info)
  return checkReceivedTorrent(bytes, { infoHash: infoHashOf(bytes), communityId: COMMUNITY })
}

function withFiles(...paths: readonly (readonly string[])[]): Bencodable {
  return { ...GOOD, files: paths.map((path, index) => ({ length: FILES[index]?.length ?? 1, path })) }
}

describe('the info dictionary that peers give', () => {
  test('is what it says, and has one encoding', () => {
    const bytes = bencode.encode(GOOD)
    const torrent = valueOf(check(GOOD))
    expect(torrent).toMatchObject({ communityId: COMMUNITY, dataBytes: 2 * PIECE_BYTES, indexBytes: 5 })
    expect(encodeInfo(torrent)).toEqual(bytes)
    expect(torrent.infoHash).toBe(infoHashOf(bytes))
  })

  test('makes a torrent file that has its info hash and the trackers given', () => {
    const torrent = valueOf(check(GOOD))
    const parsed = valueOf(parseTorrentFile(torrentFileOf(torrent, ['udp://one.example/a', 'udp://two.example/a'])))
    expect(parsed.infoHash).toBe(torrent.infoHash)
    expect(parsed.trackerTiers).toEqual([['udp://one.example/a'], ['udp://two.example/a']])
  })

  test.each<[string, Bencodable]>([
    ['WRONG_FILES', withFiles(['data'], ['index'], ['more'])],
    ['WRONG_FILES', withFiles(...Array.from({ length: 1000 }, (_, index) => [`file ${index}`]))],
    ['WRONG_FILES', withFiles(['data'])],
    ['WRONG_FILES', withFiles(['index'], ['data'])],
    ['WRONG_FILES', withFiles(['/data'], ['index'])],
    ['WRONG_FILES', withFiles(['..', 'data'], ['index'])],
    ['WRONG_FILES', withFiles(['data'], ['..', '..', 'index'])],
    [
      'WRONG_FILES',
      {
        ...GOOD,
        files: [
          { length: PIECE_BYTES + 1, path: ['data'] },
          { length: 5, path: ['index'] },
        ],
      },
    ],
    [
      'WRONG_FILES',
      {
        ...GOOD,
        files: [
          { ...FILES[0], attr: 'l' },
          { length: 5, path: ['index'] },
        ],
      },
    ],
    ['WRONG_NAME', { ...GOOD, name: '/etc' }],
    ['WRONG_NAME', { ...GOOD, name: COMMUNITY.toUpperCase() }],
    ['OTHER_COMMUNITY', { ...GOOD, name: `0x03${'ab'.repeat(32)}` }],
    ['WRONG_PIECE_LENGTH', { ...GOOD, 'piece length': 2 ** 40 }],
    ['WRONG_PIECES', { ...GOOD, pieces: Buffer.alloc(80) }],
    ['WRONG_INFO_KEYS', { ...GOOD, private: 1 }],
    ['WRONG_INFO_KEYS', { ...GOOD, 'meta version': 2, 'file tree': {} }],
    ['WRONG_INFO_KEYS', { length: 5, name: COMMUNITY, 'piece length': PIECE_BYTES, pieces: Buffer.alloc(20) }],
    ['NOT_A_TORRENT', ['no', 'dictionary']],
  ])('is refused: %s', (reason, info) => {
    expect(check(info)).toMatchObject({ ok: false, error: { code: 'TORRENT_MALFORMED', reason } })
  })

  test('is refused where its hash is not that of the link', () => {
    const expected = { infoHash: '0'.repeat(40) as InfoHash, communityId: COMMUNITY }
    const refused = checkReceivedTorrent(bencode.encode(GOOD), expected)
    expect(refused).toMatchObject({ error: { code: 'TORRENT_MALFORMED', reason: 'WRONG_INFO_HASH' } })
  })

  test('is refused with a longer index than any that is fetched', () => {
    const withIndex = (length: number): Bencodable => ({
      ...GOOD,
      files: [FILES[0] ?? '', { length, path: ['index'] }],
      pieces: Buffer.alloc(20 * (2 + Math.ceil(length / PIECE_BYTES))),
    })
    expect(check(withIndex(MAX_INDEX_BYTES)).ok).toBe(true)
    expect(check(withIndex(MAX_INDEX_BYTES + 1))).toMatchObject({ error: { reason: 'INDEX_TOO_LARGE' } })
  })

  test('is refused where it is too long, before it is looked at', () => {
    const expected = { infoHash: '0'.repeat(40) as InfoHash, communityId: COMMUNITY }
    const refused = checkReceivedTorrent(new Uint8Array(MAX_INFO_BYTES + 1), expected)
    expect(refused).toMatchObject({ error: { code: 'METADATA_TOO_LARGE', reason: 'TOO_LARGE' } })
  })
})
