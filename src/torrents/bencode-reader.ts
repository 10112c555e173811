/** A bencoded value. Strings are bytes; a dictionary has no prototype, so no key means more than itself. */
export type Bencoded = number | Uint8Array | readonly Bencoded[] | BencodedDictionary
export interface BencodedDictionary {
  readonly [key: string]: Bencoded
}

/** The value that was read, and the index after it. */
export interface ReadBencode {
  readonly value: Bencoded
  readonly end: number
}

const COLON = 0x3a
const MINUS = 0x2d
const END = 'e'.charCodeAt(0)
const INTEGER = 'i'.charCodeAt(0)
const DICTIONARY = 'd'.charCodeAt(0)
const LIST = 'l'.charCodeAt(0)

/** A torrent file nests five deep, an extension of the peer protocol three. */
const MAX_DEPTH = 16
/** 2^53 − 1 has 16 digits. */
const MAX_DIGITS = 16

/**
 * Reads the bencoded value that begins at `start`; more bytes may follow it.
 *
 * Needed before the package `bencode` sees bytes of a stranger: its `decode` accepts negative
 * lengths, so that `l-3:` sends it round until the heap is gone.
 *
 * @returns Null when no well-formed value begins there. Never throws.
 * @see BEP 3, "bencoding": https://www.bittorrent.org/beps/bep_0003.html
 */
export function readBencode(bytes: Uint8Array, start = 0): ReadBencode | null {
  return readValue(bytes, start, 0)
}

/** Tells a dictionary from the other values. */
export function isDictionary(value: Bencoded | undefined): value is BencodedDictionary {
  return typeof value === 'object' && !(value instanceof Uint8Array) && !Array.isArray(value)
}

function readValue(bytes: Uint8Array, at: number, depth: number): ReadBencode | null {
  if (depth > MAX_DEPTH) return null
  switch (bytes[at]) {
    case INTEGER:
      return readInteger(bytes, at)
    case LIST:
      return readList(bytes, at, depth)
    case DICTIONARY:
      return readDictionary(bytes, at, depth)
    default:
      return readString(bytes, at)
  }
}

function readList(bytes: Uint8Array, start: number, depth: number): ReadBencode | null {
  const value: Bencoded[] = []
  let at = start + 1
  while (bytes[at] !== END) {
    const item = readValue(bytes, at, depth + 1)
    if (item === null) return null
    value.push(item.value)
    at = item.end
  }
  return { value, end: at + 1 }
}

function readDictionary(bytes: Uint8Array, start: number, depth: number): ReadBencode | null {
  const value = Object.create(null) as Record<string, Bencoded>
  let at = start + 1
  while (bytes[at] !== END) {
    const key = readString(bytes, at)
    const entry = key && readValue(bytes, key.end, depth + 1)
    if (!key || !entry) return null
    value[Buffer.from(key.value).toString('latin1')] = entry.value
    at = entry.end
  }
  return { value, end: at + 1 }
}

function readInteger(bytes: Uint8Array, start: number): ReadBencode | null {
  const first = bytes[start + 1] === MINUS ? start + 2 : start + 1
  const end = digitsEnd(bytes, first)
  return end !== null && bytes[end] === END ? { value: numberOf(bytes, start + 1, end), end: end + 1 } : null
}

function readString(bytes: Uint8Array, start: number): (ReadBencode & { readonly value: Uint8Array }) | null {
  const colon = digitsEnd(bytes, start)
  if (colon === null || bytes[colon] !== COLON) return null
  const end = colon + 1 + numberOf(bytes, start, colon)
  return end <= bytes.length ? { value: bytes.subarray(colon + 1, end), end } : null
}

/** The index after one or more digits; null where there is none, or more than a safe integer has. */
function digitsEnd(bytes: Uint8Array, start: number): number | null {
  let end = start
  while (isDigit(bytes[end]) && end - start <= MAX_DIGITS) end += 1
  return end > start && end - start <= MAX_DIGITS ? end : null
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function numberOf(bytes: Uint8Array, start: number, end: number): number {
  return Number(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
}
