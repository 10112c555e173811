import bencode from 'bencode'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { InfoHashItem } from '../../src/domain/info-hash-item.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import { isSignedBy } from '../../src/formats/ed25519.ts'
import {
  dhtTargetOf,
  isInfoHashItemSignedBy,
  parseSignedBytes,
  signedBytesOf,
} from '../../src/formats/info-hash-item.ts'
import { createSigningCommunity, infoHashNumber } from '../support/signing-community.ts'
import { valueOf } from '../support/value-of.ts'

const INFO_HASH = 'd8'.repeat(20) as InfoHash

const anyItem = fc.record({
  seq: fc.maxSafeNat().map((seq) => seq as Clock),
  infoHash: fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map((bytes) => Buffer.from(bytes).toString('hex') as InfoHash),
})

describe('the vectors of the standards', () => {
  test('BEP 44: the signature of a mutable item', () => {
    const publicKey = Buffer.from('77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548', 'hex')
    const signature = Buffer.from(
      '305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01',
      'hex',
    )
    expect(isSignedBy(publicKey, Buffer.from('3:seqi1e1:v12:Hello World!'), signature)).toBe(true)
    expect(isSignedBy(publicKey, Buffer.from('3:seqi2e1:v12:Hello World!'), signature)).toBe(false)
  })

  test.each([
    ['77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548', '4a533d47ec9c7d95b1ad75f576cffc641853b750'],
    ['8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e', 'cc3f9d90b572172053626f9980ce261a850d050b'],
  ])('BEP 44 and 46: where the items of a key are', (publicKey, target) => {
    expect(dhtTargetOf(publicKey).toString('hex')).toBe(target)
  })
})

describe('the bytes that are signed', () => {
  test('are the bencoded item without its braces', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const encoded = bencode.encode({ seq: item.seq, v: { ih: Buffer.from(item.infoHash, 'hex') } })
        expect(Buffer.from(signedBytesOf(item))).toEqual(Buffer.from(encoded.subarray(1, -1)))
        expect(valueOf(parseSignedBytes(signedBytesOf(item)))).toEqual(item)
      }),
    )
  })

  const hash = 'h'.repeat(20)
  test.each([
    '',
    `3:seqi1e1:v20:${hash}`,
    `4:salt1:a3:seqi1e1:vd2:ih20:${hash}e`,
    `3:seqi01e1:vd2:ih20:${hash}e`,
    `3:seqi-1e1:vd2:ih20:${hash}e`,
    `3:seqi-0e1:vd2:ih20:${hash}e`,
    `3:seqi1.5e1:vd2:ih20:${hash}e`,
    `3:seqi9007199254740992e1:vd2:ih20:${hash}e`,
    `3:seqi90071992547409910e1:vd2:ih20:${hash}e`,
    `3:seq1:11:vd2:ih20:${hash}e`,
    `3:seqi1e1:vd2:ih19:${hash}e`,
    `3:seqi1e1:vd2:ih20:${hash}1:xi1ee`,
    `3:seqi1e1:vd1:ai1e2:ih20:${hash}e`,
    `3:seqi1e1:vd2:ih20:${hash}e\n`,
    `3:seqi1e1:vd2:ih20:${hash}ee`,
  ])('are no others: %j', (text) => {
    expect(parseSignedBytes(Buffer.from(text))).toEqual({ ok: false, error: { type: 'MalformedInfoHashItem' } })
  })

  test('are not misread, whatever they are', () => {
    const head = '3:seqi1e1:vd2:ih20:'
    const nearly = fc
      .tuple(fc.constantFrom('', head), fc.uint8Array({ maxLength: 80 }))
      .map(([start, rest]) => Buffer.concat([Buffer.from(start), rest]))
    fc.assert(
      fc.property(nearly, (bytes) => {
        const parsed = parseSignedBytes(bytes)
        if (parsed.ok) expect(Buffer.from(signedBytesOf(parsed.value))).toEqual(bytes)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a signed item', () => {
  const community = createSigningCommunity()
  const item = community.item(1_800_000_000_000, INFO_HASH)

  test('is believed as it was signed', () => {
    expect(isInfoHashItemSignedBy(community.publicKey, item)).toBe(true)
  })

  test.each<readonly [string, Partial<InfoHashItem & { signature: string }>]>([
    ['another time', { seq: 1_800_000_000_001 as Clock }],
    ['another torrent', { infoHash: infoHashNumber(7) }],
    ['another signature', { signature: `${item.signature.startsWith('0') ? '1' : '0'}${item.signature.slice(1)}` }],
    ['a short signature', { signature: item.signature.slice(2) }],
    ['no signature', { signature: '' }],
  ])('is not believed with %s', (_, change) => {
    expect(isInfoHashItemSignedBy(community.publicKey, { ...item, ...change })).toBe(false)
  })

  test('is not believed of another community, or of what is no key', () => {
    expect(isInfoHashItemSignedBy(createSigningCommunity().publicKey, item)).toBe(false)
    expect(isInfoHashItemSignedBy('', item)).toBe(false)
    expect(isInfoHashItemSignedBy('ff'.repeat(32), item)).toBe(false)
  })
})
