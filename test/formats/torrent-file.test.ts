import bencode from 'bencode'
import createTorrent from 'create-torrent'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pieceHashesOf } from '../../src/formats/piece-hashes.ts'
import { createTorrentFile, torrentFileOf, type TorrentInfo } from '../../src/formats/torrent-file.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { valueOf } from '../support/value-of.ts'

const COMMUNITY = `0x02${'ab'.repeat(32)}` as CommunityId
const CREATED_AT = 1_641_618_000 as UnixSeconds
const TRACKERS = ['udp://one.example:1337/announce', 'wss://two.example/announce']

function infoOf(data: Uint8Array, index: Uint8Array): TorrentInfo {
  const pieces = Buffer.concat([pieceHashesOf(data, PIECE_BYTES), pieceHashesOf(index, PIECE_BYTES)])
  const lengths = { dataBytes: data.length, indexBytes: index.length }
  return { communityId: COMMUNITY, pieceBytes: PIECE_BYTES, pieces, ...lengths }
}

/** What an independent program makes of the same files. */
async function oracle(data: Uint8Array, index: Uint8Array): Promise<Uint8Array> {
  const files = [
    Object.assign(Buffer.from(data), { name: 'data' }),
    Object.assign(Buffer.from(index), { name: 'index' }),
  ]
  return new Promise((resolve, reject) => {
    const options = {
      name: COMMUNITY,
      pieceLength: PIECE_BYTES,
      announceList: TRACKERS.map((tracker) => [tracker]),
      createdBy: 'Seedbank',
      creationDate: new Date(CREATED_AT * 1000),
    }
    createTorrent(files, options, (error, torrent) => (error === null ? resolve(torrent) : reject(error)))
  })
}

describe('a torrent file', () => {
  test('has the info hash that create-torrent gives the same files', async () => {
    const contents = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 * PIECE_BYTES }), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(contents, async ([dataPieces, indexBytes, byte]) => {
        const data = Buffer.alloc(dataPieces * PIECE_BYTES, byte)
        const index = Buffer.alloc(indexBytes, byte + 1)
        const { infoHash } = createTorrentFile(infoOf(data, index), TRACKERS, CREATED_AT)
        expect(infoHash).toBe(valueOf(parseTorrentFile(await oracle(data, index))).infoHash)
      }),
      { numRuns: 20 },
    )
  })

  test('parses to what it was made of, each tracker a tier', () => {
    const info = infoOf(Buffer.alloc(2 * PIECE_BYTES, 1), Buffer.from('index'))
    const { bytes, infoHash } = createTorrentFile(info, TRACKERS, CREATED_AT)
    const tiers = TRACKERS.map((tracker) => [tracker])
    expect(valueOf(parseTorrentFile(bytes))).toEqual({ ...info, infoHash, trackerTiers: tiers })
  })

  test('names the web seed of its info hash behind all that is hashed, where others reach the node', () => {
    const info = infoOf(Buffer.alloc(PIECE_BYTES), Buffer.from('index'))
    const { bytes, infoHash } = createTorrentFile(info, TRACKERS, CREATED_AT)
    const named = createTorrentFile(info, TRACKERS, CREATED_AT, 'http://a.example')
    expect(named.infoHash).toBe(infoHash)
    expect(Buffer.from(named.bytes).toString('latin1')).toBe(
      `${Buffer.from(bytes).toString('latin1').slice(0, -1)}8:url-listl63:http://a.example/seed/${infoHash}/ee`,
    )
    expect(parseTorrentFile(named.bytes)).toEqual(parseTorrentFile(bytes))
  })

  test('has announce-list, created by, creation date and info, and nothing else', () => {
    const info = infoOf(Buffer.alloc(PIECE_BYTES), Buffer.from('index'))
    const text = Buffer.from(createTorrentFile(info, ['udp://one.example/a'], CREATED_AT).bytes).toString('latin1')
    expect(text.slice(0, text.indexOf('4:name'))).toBe(
      'd13:announce-listll19:udp://one.example/aee10:created by8:Seedbank13:creation datei1641618000e' +
        '4:infod5:filesld6:lengthi102400e4:pathl4:dataeed6:lengthi5e4:pathl5:indexeee',
    )
  })

  test('of somebody else has its info alone where no trackers and web seeds are known', () => {
    const info = infoOf(Buffer.alloc(PIECE_BYTES), Buffer.from('index'))
    const text = (trackers: readonly string[]): string => Buffer.from(torrentFileOf(info, trackers)).toString('latin1')
    expect(text([])).toMatch(/^d4:infod/)
    expect(text(['udp://one.example/a'])).toMatch(/^d13:announce-listll19:udp:\/\/one\.example\/aee4:infod/)
  })
})

describe('a torrent that is not of the archive format is refused', () => {
  const info = infoOf(Buffer.alloc(PIECE_BYTES), Buffer.from('index'))
  const file = (length: number, ...path: readonly string[]): { length: number; path: readonly string[] } => ({
    length,
    path,
  })
  const good = {
    files: [file(PIECE_BYTES, 'data'), file(5, 'index')],
    name: COMMUNITY,
    'piece length': PIECE_BYTES,
    pieces: info.pieces,
  }

  test('but this one is', () => {
    expect(parseTorrentFile(bencode.encode({ info: good })).ok).toBe(true)
  })

  test.each([
    ['NOT_A_TORRENT', 'no torrent'],
    ['NOT_A_TORRENT', { announce: 'udp://one.example' }],
    ['WRONG_INFO_KEYS', { info: { ...good, private: 1 } }],
    ['WRONG_INFO_KEYS', { info: { name: COMMUNITY } }],
    ['WRONG_NAME', { info: { ...good, name: COMMUNITY.toUpperCase() } }],
    ['WRONG_NAME', { info: { ...good, name: '../../etc' } }],
    ['WRONG_PIECE_LENGTH', { info: { ...good, 'piece length': 16_384 } }],
    ['WRONG_FILES', { info: { ...good, files: [good.files[1] ?? '', good.files[0] ?? ''] } }],
    ['WRONG_FILES', { info: { ...good, files: [...good.files, file(1, 'more')] } }],
    ['WRONG_FILES', { info: { ...good, files: [file(PIECE_BYTES, '..', 'data'), file(5, 'index')] } }],
    ['WRONG_FILES', { info: { ...good, files: [file(PIECE_BYTES - 1, 'data'), file(5, 'index')] } }],
    ['WRONG_FILES', { info: { ...good, files: [file(-PIECE_BYTES, 'data'), file(5, 'index')] } }],
    ['WRONG_FILES', { info: { ...good, files: [file(PIECE_BYTES, 'data'), file(0, 'index')] } }],
    ['WRONG_PIECES', { info: { ...good, pieces: info.pieces.subarray(1) } }],
    ['WRONG_PIECES', { info: { ...good, pieces: info.pieces.subarray(20) } }],
    ['WRONG_TRACKERS', { info: good, 'announce-list': [['udp://\u0000']] }],
    ['WRONG_TRACKERS', { info: good, 'announce-list': [Array.from({ length: 257 }, () => 'udp://a')] }],
  ])('%s: %j', (reason, torrent) => {
    expect(parseTorrentFile(bencode.encode(torrent))).toMatchObject({ ok: false, error: { reason } })
  })

  test('TOO_LARGE, before it is looked at', () => {
    const refused = parseTorrentFile(new Uint8Array(33_554_433))
    expect(refused).toMatchObject({ ok: false, error: { reason: 'TOO_LARGE' } })
  })
})
