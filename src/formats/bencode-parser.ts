import { err, ok, type Result } from '../domain/result.ts'

/** A bencoded value. Strings are bytes: nothing says that they are text. */
export type Bencoded = number | Uint8Array | readonly Bencoded[] | BencodedDictionary

export interface BencodedDictionary {
  /** By key, one character a byte, so that different keys stay different whatever their encoding. */
  readonly entries: ReadonlyMap<string, Bencoded>
  /** The dictionary as it was written: an info hash is taken over these bytes. */
  readonly encoding: Uint8Array
}

export interface MalformedBencode {
  readonly type: 'MalformedBencode'
  /** How far into the bytes reading had come. */
  readonly offset: number
}

/** The value that was read, and the index after it. */
export interface ReadBencode {
  readonly value: Bencoded
  readonly end: number
}

/** A torrent file is six levels deep, a message of a peer three; far more is an attack on the stack. */
const MAX_DEPTH = 16

/** 2^53 − 1 has 16 digits; only zeros in front can make a number longer. */
const MAX_DIGITS = 16

const BYTE = { i: 0x69, l: 0x6c, d: 0x64, e: 0x65, colon: 0x3a, minus: 0x2d, zero: 0x30 } as const

/**
 * Parses one bencoded value whose every byte counts, such as a torrent file.
 *
 * Written here because the package `bencode`, which encodes, must not be shown hostile bytes: a
 * negative string length makes it run backwards until the memory is full.
 *
 * @returns The value; `MalformedBencode` where the bytes are not exactly one canonical value: no
 *   leading zeros, keys sorted and unique, nothing after it. Never throws.
 * @see BEP 3, "bencoding": https://www.bittorrent.org/beps/bep_0003.html
 */
export function parseBencode(bytes: Uint8Array): Result<Bencoded, MalformedBencode> {
  const parser = new BencodeParser(bytes, true)
  const value = parser.value(0)
  return value !== null && parser.offset === bytes.length
    ? ok(value)
    : err({ type: 'MalformedBencode', offset: parser.offset })
}

/**
 * Reads the bencoded value that a message of a peer begins with; more bytes may follow it.
 *
 * Bounded like `parseBencode`, but it forgives what honest clients get wrong: the order of keys, a
 * key given twice (the last counts), leading zeros.
 *
 * @returns Null when no well-formed value begins there. Never throws.
 */
export function readBencode(bytes: Uint8Array): ReadBencode | null {
  const parser = new BencodeParser(bytes, false)
  const value = parser.value(0)
  return value === null ? null : { value, end: parser.offset }
}

/** Tells a dictionary from the other values. */
export function isDictionary(value: Bencoded | undefined): value is BencodedDictionary {
  return typeof value === 'object' && 'encoding' in value
}

/** Each method passes over what it reads, or returns null, and then `offset` tells about where. */
class BencodeParser {
  offset = 0
  readonly #bytes: Buffer
  readonly #isCanonical: boolean

  constructor(bytes: Uint8Array, isCanonical: boolean) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#isCanonical = isCanonical
  }

  value(depth: number): Bencoded | null {
    if (depth > MAX_DEPTH) return null
    switch (this.#bytes[this.offset]) {
      case BYTE.i:
        return this.#integer()
      case BYTE.l:
        return this.#list(depth)
      case BYTE.d:
        return this.#dictionary(depth)
      default:
        return this.#string()
    }
  }

  #list(depth: number): readonly Bencoded[] | null {
    const values: Bencoded[] = []
    this.offset += 1
    while (!this.#pass(BYTE.e)) {
      const value = this.value(depth + 1)
      if (value === null) return null
      values.push(value)
    }
    return values
  }

  #dictionary(depth: number): BencodedDictionary | null {
    const start = this.offset
    const entries = new Map<string, Bencoded>()
    let before: Buffer | null = null
    this.offset += 1
    while (!this.#pass(BYTE.e)) {
      const key = this.#string()
      if (key === null) return null
      if (this.#isCanonical && before !== null && Buffer.compare(before, key) >= 0) return null
      const value = this.value(depth + 1)
      if (value === null) return null
      entries.set(key.toString('latin1'), value)
      before = key
    }
    return { entries, encoding: this.#bytes.subarray(start, this.offset) }
  }

  #string(): Buffer | null {
    const length = this.#digits()
    if (length === null || !this.#pass(BYTE.colon) || length > this.#bytes.length - this.offset) return null
    this.offset += length
    return this.#bytes.subarray(this.offset - length, this.offset)
  }

  #integer(): number | null {
    this.offset += 1
    const isNegative = this.#pass(BYTE.minus)
    const size = this.#digits()
    if (size === null || !this.#pass(BYTE.e)) return null
    if (this.#isCanonical && isNegative && size === 0) return null
    return isNegative ? 0 - size : size
  }

  /** One digit or more, up to 2^53 − 1: beyond it, two readers could read different numbers. */
  #digits(): number | null {
    const start = this.offset
    let number = 0
    for (let digit = this.#digit(); digit !== null; digit = this.#digit()) {
      number = number * 10 + digit
      this.offset += 1
      if (!Number.isSafeInteger(number) || this.offset - start > MAX_DIGITS) return null
    }
    const length = this.offset - start
    if (this.#isCanonical && length > 1 && this.#bytes[start] === BYTE.zero) return null
    return length > 0 ? number : null
  }

  #digit(): number | null {
    const digit = (this.#bytes[this.offset] ?? 0) - BYTE.zero
    return digit >= 0 && digit <= 9 ? digit : null
  }

  #pass(byte: number): boolean {
    if (this.#bytes[this.offset] !== byte) return false
    this.offset += 1
    return true
  }
}
