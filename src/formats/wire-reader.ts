import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { err, ok, type Result } from '../domain/result.ts'

/** What is wrong with bytes that should be a protobuf message of the archive format. */
export type EncodingFault =
  /** The bytes end in the middle of a field. */
  | 'TRUNCATED'
  /** A tag or a group that no encoder writes. */
  | 'MALFORMED'
  /** A field is not encoded the way its type is. */
  | 'WRONG_WIRE_TYPE'
  /** A number that does not fit its field. */
  | 'NUMBER_TOO_LARGE'
  /** A field that can be there once is there twice. */
  | 'FIELD_REPEATED'
  /** A field without which the message means nothing is not there. */
  | 'FIELD_MISSING'
  /** A field is there and well encoded, but its value makes no sense. */
  | 'BAD_VALUE'
  /** There are more elements than the reader allows. */
  | 'TOO_MANY'
  /** An element is longer than the reader allows. */
  | 'TOO_LONG'

export interface MalformedEncoding {
  readonly type: 'MalformedEncoding'
  readonly reason: EncodingFault
  /** How far into the bytes reading had come. */
  readonly offset: number
}

/** How many fields of one message may be unknown: without a limit, hostile bytes are read for seconds. */
const MAX_UNKNOWN_FIELDS = 4_096

/** Ends a decoding from any depth; `guardDecoding` turns it into a value. */
class DecodingStopped extends Error {
  readonly refusal: MalformedEncoding

  constructor(reason: EncodingFault, offset: number) {
    super(`Cannot decode: ${reason} at byte ${offset}`)
    this.refusal = { type: 'MalformedEncoding', reason, offset }
  }
}

/**
 * Reads the fields of one protobuf message from bytes that anybody may have written.
 *
 * Unknown fields are skipped, as proto3 has it. A field that is known must have its own wire type
 * and, unless it repeats, be there once: no encoder writes it twice, and two readers that keep
 * different ones would read different messages out of the same bytes.
 */
export class WireReader {
  readonly #bytes: Uint8Array
  readonly #reader: BinaryReader
  /** Where the bytes begin within the outermost ones, so that faults name one kind of offset. */
  readonly #base: number
  #field = 0
  #wireType: WireType = WireType.Varint
  #seen = 0
  #skipped = 0

  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes
    this.#reader = new BinaryReader(bytes)
    this.#base = base
  }

  /** All bytes of the message, read or not. */
  get encoding(): Uint8Array {
    return this.#bytes
  }

  /** The number of the next field, or null at the end. Each must be read or skipped. */
  next(): number | null {
    if (this.#reader.pos >= this.#bytes.length) return null
    const [field, wireType] = this.#guard(() => this.#reader.tag())
    this.#field = field
    this.#wireType = wireType
    return field
  }

  /** Passes over a field that this version does not know; refuses more of them than any later version may add. */
  skip(): void {
    this.#skipped += 1
    if (this.#skipped > MAX_UNKNOWN_FIELDS) this.refuse('TOO_MANY')
    this.#guard(() => this.#reader.skip(this.#wireType, this.#field))
  }

  /** The value of a `uint64` or `uint32` field, at most `max`. */
  number(max = Number.MAX_SAFE_INTEGER): number {
    this.#expect(WireType.Varint)
    this.#once()
    const value = this.#varint()
    return value <= max ? value : this.refuse('NUMBER_TOO_LARGE')
  }

  /** The value of a `bytes` field: a view, not a copy. */
  bytes(): Uint8Array {
    this.#once()
    return this.repeatedBytes()
  }

  /** One value of a `repeated bytes` field: a view, not a copy. */
  repeatedBytes(): Uint8Array {
    this.#expect(WireType.LengthDelimited)
    const length = this.#varint()
    const start = this.#reader.pos
    if (length > this.#bytes.length - start) return this.refuse('TRUNCATED')
    this.#reader.pos = start + length
    return this.#bytes.subarray(start, start + length)
  }

  /** The value of a `string` field, which has to be UTF-8. */
  text(): string {
    const bytes = this.bytes()
    if (bytes.length === 0) return ''
    try {
      return UTF_8.decode(bytes)
    } catch (error) {
      if (error instanceof TypeError) return this.refuse('BAD_VALUE')
      throw error
    }
  }

  /** A reader of the message in this field. */
  message(): WireReader {
    this.#once()
    return this.repeatedMessage()
  }

  /** A reader of one message of a repeated field. */
  repeatedMessage(): WireReader {
    const bytes = this.repeatedBytes()
    return new WireReader(bytes, this.#base + this.#reader.pos - bytes.length)
  }

  /** Ends the whole decoding; only within `decodeStrictly` or `guardDecoding`. */
  refuse(reason: EncodingFault): never {
    throw new DecodingStopped(reason, this.#base + this.#reader.pos)
  }

  /** Longer than 8 bytes is beyond 2^53 − 1 or padded, and neither is what an encoder writes. */
  #varint(): number {
    const start = this.#reader.pos
    let value = 0
    for (let index = 0, scale = 1; index < 8; index += 1, scale *= 128) {
      const byte = this.#bytes[start + index]
      if (byte === undefined) return this.refuse('TRUNCATED')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.#reader.pos = start + index + 1
        return Number.isSafeInteger(value) ? value : this.refuse('NUMBER_TOO_LARGE')
      }
    }
    return this.refuse('NUMBER_TOO_LARGE')
  }

  #expect(wireType: WireType): void {
    if (this.#wireType !== wireType) this.refuse('WRONG_WIRE_TYPE')
  }

  #once(): void {
    const bit = 1 << this.#field
    if ((this.#seen & bit) !== 0) this.refuse('FIELD_REPEATED')
    this.#seen |= bit
  }

  /** The library throws a RangeError where the bytes end early, and plain errors for the rest. */
  #guard<Value>(read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      return this.refuse(error instanceof RangeError ? 'TRUNCATED' : 'MALFORMED')
    }
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Runs a decoder over bytes that anybody may have written. Never throws on what they hold. */
export function decodeStrictly<Value>(
  bytes: Uint8Array,
  decode: (reader: WireReader) => Value,
): Result<Value, MalformedEncoding> {
  return guardDecoding(() => decode(new WireReader(bytes)))
}

/** Runs a part of a decoding that goes on with the same reader: what the reader refuses in it is a value. */
export function guardDecoding<Value>(decode: () => Value): Result<Value, MalformedEncoding> {
  try {
    return ok(decode())
  } catch (error) {
    if (error instanceof DecodingStopped) return err(error.refusal)
    throw error
  }
}
