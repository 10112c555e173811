import bencode from 'bencode'
import { readBencode } from '../../formats/bencode-parser.ts'

type Decode = (data: Uint8Array | string | null | undefined, ...rest: unknown[]) => unknown

let strict = false

/**
 * Has the package `bencode` refuse what is not well-formed, in the whole process.
 *
 * webtorrent decodes with it what peers, trackers and publishers send, in many places. Its decoder
 * goes round for ever on a negative length, and no caller expects that.
 */
export function makeDecodingStrict(): void {
  if (strict) return
  strict = true
  const codec = bencode as unknown as { decode: Decode }
  const { decode } = codec
  codec.decode = (data, ...rest) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    // Of nothing it makes null, and its callers know.
    if (bytes && bytes.length > 0 && readBencode(bytes) === null) throw new Error('Cannot decode: not bencoded')
    return decode(data, ...rest)
  }
}
