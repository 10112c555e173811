import { extended, EXTENDED_HANDSHAKE, frame, uint32 } from '../../test/support/raw-peer.ts'
import type { SeededRandom } from '../../test/support/seeded-random.ts'

/** Numbers at which implementations break: bounds, signs, and the sizes of the fixture. */
const NUMBERS = [0, 1, 2, 3, 30, 31, 32, 255, 16_384, 102_400, 131_073, 1e6, 1e9, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]
const BLOCK_BYTES = 16_384

const BENCODED = [
  '',
  'de',
  'le',
  'l-3:',
  'd-3:',
  'd1:a-9:',
  'i-1e',
  'ie',
  'i99999999999999999999e',
  '99999999:a',
  'd8:msg_typei0e5:piecei0ee',
  'd8:msg_typei0e5:piecei-1ee',
  'd8:msg_typei0e5:piecei99999ee',
  'd8:msg_typei0e5:piece1:aee',
  'd8:msg_typei1e5:piecei0e10:total_sizei300ee',
  'd8:msg_typei1e5:piecei9999e10:total_sizei9ee',
  'd8:msg_typei2e5:piecei0ee',
  'd8:msg_typei9e5:piecei0ee',
  'd8:msg_typei0eee',
  'd1:m1:ae',
  'd1:mlee',
  'd1:md11:ut_metadatai1ee13:metadata_sizei300ee',
  'd1:md11:ut_metadatai1ee13:metadata_sizei9999999ee',
  'd1:md11:ut_metadatai1ee13:metadata_sizei-5ee',
  'd1:md11:ut_metadatad8:toStringi1eeee',
  'd1:md9:__proto__i1eee',
  'd9:__proto__d1:ai1eee',
  'd4:reqqi-1e1:mdee',
  'd4:reqqi0e1:mdee',
  'd5:added6:abcdef7:added.f1:ae',
  'd5:added5:abcdee',
  'd5:addedi5ee',
  'd6:added618:abcdefghijklmnopqre',
  `d5:added6000:${'abcdef'.repeat(1000)}e`,
] as const

/** A random message of the peer protocol: mostly well-framed, and hardly ever what it should be. */
export function randomFrame(random: SeededRandom): Buffer {
  switch (random.below(14)) {
    case 0:
      return frame(random.below(24), random.bytes(random.below(40)))
    case 1:
      return frame(random.pick([4, 13, 17]), uint32(number(random)))
    case 2:
      return frame(5, random.bytes(random.pick([0, 1, 2, 3, 4, 5, 50_000])))
    case 3:
      return frame(random.pick([6, 8, 16]), uint32(number(random), number(random), number(random)))
    case 4:
      return frame(6, uint32(random.below(32), random.below(6) * BLOCK_BYTES, BLOCK_BYTES))
    case 5:
      return frame(
        7,
        Buffer.concat([uint32(random.below(32), random.below(7) * BLOCK_BYTES), Buffer.alloc(BLOCK_BYTES)]),
      )
    case 6:
      return frame(random.pick([0, 1, 2, 3, 14, 15]))
    case 7:
      return EXTENDED_HANDSHAKE
    case 8:
      return extended(random.below(5), BENCODED[random.below(BENCODED.length)] ?? '')
    case 9:
      return extended(random.below(5), mutated(random, BENCODED[random.below(BENCODED.length)] ?? ''))
    case 10:
      return extended(1, Buffer.concat([Buffer.from('d8:msg_typei1e5:piecei0ee'), random.bytes(random.below(400))]))
    case 11:
      return Buffer.concat([uint32(number(random)), random.bytes(random.below(64))])
    case 12:
      return Buffer.concat([uint32(random.below(20) + 1), random.bytes(random.below(24))])
    default:
      return frame(9, random.bytes(2))
  }
}

/** Frames that keep a connection alive, so that what follows is judged in a state worth breaking. */
export function politeOpening(random: SeededRandom): Buffer {
  const pieces = random.pick([frame(14), frame(15), frame(5, Buffer.from([0xff, 0xff, 0xff, 0xfe])), Buffer.alloc(0)])
  return Buffer.concat([EXTENDED_HANDSHAKE, pieces, frame(1), frame(2)])
}

function number(random: SeededRandom): number {
  return NUMBERS[random.below(NUMBERS.length)] ?? 0
}

function mutated(random: SeededRandom, text: string): Buffer {
  const bytes = Buffer.from(text)
  for (let change = random.below(4); change >= 0 && bytes.length > 0; change -= 1) {
    bytes[random.below(bytes.length)] = random.pick([0x2d, 0x30, 0x39, 0x3a, 0x64, 0x65, 0x69, 0x6c, 0xff, 0x00])
  }
  return bytes
}
