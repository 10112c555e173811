import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  judgeEarlyPieces,
  judgeFrame,
  maxFrameBytes,
  type FrameContext,
} from '../../../src/torrents/guards/frame-rules.ts'
import { uint32 } from '../../support/raw-peer.ts'

const SHAPE = { pieceCount: 10, pieceBytes: 102_400, totalBytes: 9 * 102_400 + 50 }

const SEEDING: FrameContext = {
  shape: SHAPE,
  extendedHandshakes: 1,
  asked: () => false,
  extensionOf: (id) => ({ 1: 'ut_metadata', 2: 'ut_pex', 3: 'lt_donthave' })[id],
  understands: () => true,
  metadata: { bytes: 20_000, complete: true, fetching: false },
}
const FETCHING_METADATA: FrameContext = {
  ...SEEDING,
  shape: null,
  metadata: { bytes: 20_000, complete: false, fetching: true },
}

function judge(kind: number, payload: Uint8Array | string, context: FrameContext = SEEDING): string {
  return judgeFrame(Buffer.concat([Buffer.from([kind]), Buffer.from(payload)]), context)
}

function judgeMetadata(text: string, context: FrameContext): string {
  return judge(20, `\u0001${text}`, context)
}

describe('judgeFrame', () => {
  test('never throws, whatever the frame', () => {
    const contexts = fc.constantFrom(SEEDING, FETCHING_METADATA)
    fc.assert(
      fc.property(fc.nat(24), fc.uint8Array({ maxLength: 200 }), contexts, (kind, payload, context) => {
        expect(judge(kind, payload, context)).toMatch(/^[A-Z_]+$/)
      }),
    )
  })

  test('HAVE passes for the pieces that there are, and for no other', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (piece) => {
        expect(judge(4, uint32(piece))).toBe(piece < 10 ? 'PASS' : 'PIECE_OUT_OF_RANGE')
      }),
    )
    expect([9, 10].map((piece) => judge(4, uint32(piece)))).toEqual(['PASS', 'PIECE_OUT_OF_RANGE'])
  })

  test('a BITFIELD has a bit for each piece and none more', () => {
    expect(judge(5, [0xff, 0xc0] as never)).toBe('PASS')
    expect(judge(5, [0xff, 0xe0] as never)).toBe('WRONG_BITFIELD')
    expect(judge(5, [0xff] as never)).toBe('WRONG_BITFIELD')
    expect(judge(5, [0xff, 0xc0, 0] as never)).toBe('WRONG_BITFIELD')
  })

  test('a REQUEST lies within its piece; the last piece is short', () => {
    expect(judge(6, uint32(0, 86_016, 16_384))).toBe('PASS')
    expect(judge(6, uint32(0, 86_017, 16_384))).toBe('BLOCK_OUT_OF_RANGE')
    expect(judge(6, uint32(0, 0, 0))).toBe('BLOCK_OUT_OF_RANGE')
    expect(judge(6, uint32(9, 0, 50))).toBe('PASS')
    expect(judge(6, uint32(9, 0, 51))).toBe('BLOCK_OUT_OF_RANGE')
    expect(judge(6, uint32(10, 0, 1))).toBe('PIECE_OUT_OF_RANGE')
    expect(judge(6, uint32(0, 0, 1), FETCHING_METADATA)).toBe('DROP')
  })

  test('a block that nobody asked for is dropped', () => {
    const block = Buffer.concat([uint32(0, 0), Buffer.alloc(5)])
    expect(judge(7, block)).toBe('DROP')
    expect(judge(7, block, { ...SEEDING, asked: (piece, offset, length) => piece + offset + length === 5 })).toBe(
      'PASS',
    )
    expect(judge(7, uint32(0, 0))).toBe('WRONG_LENGTH')
  })

  test('a seeder gives the metadata that it has, a leecher takes the metadata that it asked for', () => {
    expect(judgeMetadata('d8:msg_typei0e5:piecei1ee', SEEDING)).toBe('PASS')
    expect(judgeMetadata('d8:msg_typei0e5:piecei2ee', SEEDING)).toBe('METADATA_OUT_OF_RANGE')
    expect(judgeMetadata('d8:msg_typei0e5:piecei1ee', { ...SEEDING, understands: () => false })).toBe(
      'MALFORMED_EXTENSION',
    )
    const last = 'x'.repeat(20_000 - 16_384)
    expect(judgeMetadata(`d8:msg_typei1e5:piecei1ee${last}`, FETCHING_METADATA)).toBe('PASS')
    expect(judgeMetadata(`d8:msg_typei1e5:piecei1ee${last}x`, FETCHING_METADATA)).toBe('METADATA_OUT_OF_RANGE')
    expect(judgeMetadata(`d8:msg_typei1e5:piecei2ee${last}`, FETCHING_METADATA)).toBe('METADATA_OUT_OF_RANGE')
    expect(judgeMetadata(`d8:msg_typei1e5:piecei1ee${last}`, SEEDING)).toBe('DROP')
  })

  test('a message of an extension that was not offered is dropped', () => {
    expect(judge(20, '\u0009l-3:')).toBe('DROP')
  })
})

test('what was said before the torrent was known is judged by its shape', () => {
  expect(judgeEarlyPieces(null, [], SHAPE)).toBe('PASS')
  expect(judgeEarlyPieces(2, [9], SHAPE)).toBe('PASS')
  expect(judgeEarlyPieces(1, [], SHAPE)).toBe('WRONG_BITFIELD')
  expect(judgeEarlyPieces(2, [10], SHAPE)).toBe('PIECE_OUT_OF_RANGE')
})

test('the longest frame is a block, or the bitfield of a very large torrent', () => {
  expect(maxFrameBytes(SHAPE)).toBe(9 + 131_072)
  expect(maxFrameBytes({ ...SHAPE, pieceCount: 8_000_000 })).toBe(1_000_001)
})
