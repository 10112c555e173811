/** Bytes [from, to) of a file. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** WHOLE: all of the file is to be answered. UNSATISFIABLE: the file has none of what is asked for. */
export type AskedRange = ByteRange | 'WHOLE' | 'UNSATISFIABLE'

/** Numbers of more digits are beyond the end of any file. */
const ONE_RANGE = /^bytes=[ \t]*(?:(\d{1,15})[ \t]*-[ \t]*(\d{0,15})|-[ \t]*(\d{1,15}))[ \t]*$/i

/**
 * Reads a Range header. Several ranges at once, other units and what is malformed count as no range at all, which any server
 * may do: no client of BitTorrent asks in that way.
 *
 * @param size The length of the file, in bytes.
 * @see RFC 9110, section 14.2: https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function parseByteRange(header: string | undefined, size: number): AskedRange {
  const match = ONE_RANGE.exec(header ?? '')
  if (match === null) return 'WHOLE'
  const [, first, last, suffix] = match
  if (first === undefined) return rangeIn(Math.max(0, size - Number(suffix)), size, size)
  const end = last === undefined || last === '' ? Infinity : Number(last) + 1
  return end <= Number(first) ? 'WHOLE' : rangeIn(Number(first), end, size)
}

function rangeIn(from: number, end: number, size: number): AskedRange {
  return from < size ? { from, to: Math.min(end, size) } : 'UNSATISFIABLE'
}
