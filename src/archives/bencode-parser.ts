import { err, ok, type Result } from '../domain/result.ts'

/** A bencoded value. Strings are bytes: nothing says that they are text. */
export type Bencoded = number | Uint8Array | readonly Bencoded[] | BencodedDictionary

export interface BencodedDictionary {
  readonly entries: ReadonlyMap<string, Bencoded>
  /** The dictionary as it was written: an info hash is taken over these bytes. */
  readonly encoding: Uint8Array
}

export interface MalformedBencode {
  readonly type: 'MalformedBencode'
  /** How far into the bytes reading had come. */
  readonly offset: number
}

/** A torrent file is six levels deep; far more is an attack on the stack. */
const MAX_DEPTH = 32

/** Sixteen digits are the most that 2^53 − 1 has. */
const NUMBER = /^(?:0|-?[1-9][0-9]{0,15})$/
const LENGTH = /^(?:0|[1-9][0-9]{0,8})$/

const BYTE = { i: 0x69, l: 0x6c, d: 0x64, e: 0x65, colon: 0x3a } as const

class ParsingStopped extends Error {}

/**
 * Parses one bencoded value that anybody may have written.
 *
 * Written here because the package `bencode`, which encodes, must not be shown hostile bytes: a
 * negative string length makes it run backwards until the memory is full.
 *
 * @returns The value; `MalformedBencode` where the bytes are not exactly one canonical value: no
 *   leading zeros, keys sorted and unique, nothing after it. Never throws.
 * @see BEP 3, "bencoding": https://www.bittorrent.org/beps/bep_0003.html
 */
export function parseBencode(bytes: Uint8Array): Result<Bencoded, MalformedBencode> {
  const parser = new BencodeParser(bytes)
  try {
    const value = parser.value(0)
    return parser.offset === bytes.length ? ok(value) : err({ type: 'MalformedBencode', offset: parser.offset })
  } catch (error) {
    if (error instanceof ParsingStopped) return err({ type: 'MalformedBencode', offset: parser.offset })
    throw error
  }
}

/** Tells a dictionary from the other values. */
export function isDictionary(value: Bencoded | undefined): value is BencodedDictionary {
  return typeof value === 'object' && 'encoding' in value
}

class BencodeParser {
  offset = 0
  readonly #bytes: Buffer

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  value(depth: number): Bencoded {
    if (depth > MAX_DEPTH) throw new ParsingStopped()
    switch (this.#bytes[this.offset]) {
      case BYTE.i:
        this.offset += 1
        return this.#numberUpTo(BYTE.e, NUMBER)
      case BYTE.l:
        return this.#list(depth)
      case BYTE.d:
        return this.#dictionary(depth)
      default:
        return this.#string()
    }
  }

  #list(depth: number): readonly Bencoded[] {
    const values: Bencoded[] = []
    this.offset += 1
    while (!this.#passEnd()) values.push(this.value(depth + 1))
    return values
  }

  #dictionary(depth: number): BencodedDictionary {
    const start = this.offset
    const entries = new Map<string, Bencoded>()
    let before: Buffer | null = null
    this.offset += 1
    while (!this.#passEnd()) {
      const key = this.#string()
      if (before !== null && Buffer.compare(before, key) >= 0) throw new ParsingStopped()
      // One character a byte, so that different keys stay different whatever their encoding.
      entries.set(key.toString('latin1'), this.value(depth + 1))
      before = key
    }
    return { entries, encoding: this.#bytes.subarray(start, this.offset) }
  }

  #string(): Buffer {
    const length = this.#numberUpTo(BYTE.colon, LENGTH)
    if (length > this.#bytes.length - this.offset) throw new ParsingStopped()
    this.offset += length
    return this.#bytes.subarray(this.offset - length, this.offset)
  }

  #numberUpTo(delimiter: number, shape: RegExp): number {
    // No number is longer, so a missing delimiter is not searched for through the whole file.
    const end = this.#bytes.subarray(this.offset, this.offset + 18).indexOf(delimiter)
    const digits = this.#bytes.toString('latin1', this.offset, this.offset + Math.max(end, 0))
    const value = Number(digits)
    if (!shape.test(digits) || !Number.isSafeInteger(value)) throw new ParsingStopped()
    this.offset += end + 1
    return value
  }

  #passEnd(): boolean {
    if (this.#bytes[this.offset] !== BYTE.e) return false
    this.offset += 1
    return true
  }
}
