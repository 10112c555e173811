import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutIntoChunks } from '../../../src/archives/packing/chunks.ts'
import { paddingBytesOf } from '../../../src/archives/packing/padding.ts'
import { partitionsOf } from '../../../src/archives/packing/partitions.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { arbitraryMessage, arbitrarySecond } from '../../support/arbitrary-message.ts'
import { encodedMessage } from '../../support/encoded-message.ts'

describe('partitions', () => {
  test('cover the range without a gap or an overlap', () => {
    fc.assert(
      fc.property(
        arbitrarySecond,
        fc.integer({ min: 1, max: 50 }),
        fc.nat({ max: 1000 }),
        (from, length, rangeLength) => {
          const to = (from + rangeLength) as UnixSeconds
          const partitions = [...partitionsOf(from, to, length)]
          expect(partitions.map((partition) => partition.from)).toEqual(
            [from, ...partitions.map((partition) => partition.to)].slice(0, partitions.length),
          )
          expect(partitions.at(-1)?.to ?? from).toBe(to)
          expect(partitions).toHaveLength(Math.ceil(rangeLength / length))
          for (const partition of partitions.slice(0, -1)) expect(partition.to - partition.from).toBe(length)
        },
      ),
    )
  })

  test('end with one that the range cuts short', () => {
    expect([...partitionsOf(100 as UnixSeconds, 125 as UnixSeconds, 10)]).toEqual([
      { from: 100, to: 110 },
      { from: 110, to: 120 },
      { from: 120, to: 125 },
    ])
  })
})

describe('chunks', () => {
  const LIMIT = 400

  test('hold as much as fits and no more, in order, nothing lost', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMessage, { maxLength: 30 }), (messages) => {
        const chunks = chunksOf(messages, LIMIT)
        expect(chunks.flat()).toEqual(messages)
        for (const [index, chunk] of chunks.entries()) {
          expect(sumOf(chunk)).toBeLessThanOrEqual(LIMIT)
          const [first] = chunks[index + 1] ?? []
          expect(first === undefined ? Infinity : sumOf([...chunk, first])).toBeGreaterThan(LIMIT)
        }
      }),
    )
  })

  test('are not begun before the limit is passed: exactly the limit still fits', () => {
    expect(chunksOf([messageOf(300), messageOf(100), messageOf(1)], LIMIT).map(sumOf)).toEqual([400, 1])
  })

  test('never swallow a message that is over the limit', () => {
    expect(() => chunksOf([messageOf(401)], LIMIT)).toThrow('Cannot pack a message of 401 bytes')
  })

  function messageOf(payloadBytes: number): Message {
    const [message] = fc.sample(arbitraryMessage, 1)
    if (message === undefined) throw new Error('fast-check gave no sample')
    return { ...message, sig: new Uint8Array(0), payload: new Uint8Array(payloadBytes) }
  }

  function sumOf(chunk: readonly Message[]): number {
    return chunk.reduce((sum, { payload, sig }) => sum + payload.length + sig.length, 0)
  }

  function chunksOf(messages: readonly Message[], limit: number): readonly (readonly Message[])[] {
    const byEncoding = new Map(messages.map((message) => [encodedMessage(message), message]))
    const chunks: Message[][] = []
    for (const { message, startsChunk } of cutIntoChunks(byEncoding.keys(), limit)) {
      if (startsChunk) chunks.push([])
      const original = byEncoding.get(message)
      if (original !== undefined) chunks.at(-1)?.push(original)
    }
    return chunks
  }
})

describe('padding', () => {
  test.each([
    [1, PIECE_BYTES - 1],
    [PIECE_BYTES - 1, 1],
    [PIECE_BYTES, 0],
    [PIECE_BYTES + 1, PIECE_BYTES - 1],
    [2 * PIECE_BYTES - 1, 1],
    [2 * PIECE_BYTES, PIECE_BYTES],
    [3 * PIECE_BYTES, PIECE_BYTES],
  ])('of %i bytes is %i', (rawBytes, padding) => {
    expect(paddingBytesOf(rawBytes, PIECE_BYTES)).toBe(padding)
  })

  test('fills up whole pieces, and is never longer than one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (rawBytes) => {
        const padding = paddingBytesOf(rawBytes, PIECE_BYTES)
        expect((rawBytes + padding) % PIECE_BYTES).toBe(0)
        expect(padding).toBeGreaterThanOrEqual(0)
        expect(padding).toBeLessThanOrEqual(PIECE_BYTES)
      }),
    )
  })
})
