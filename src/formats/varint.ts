/** The length of an unsigned 32-bit varint. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

/**
 * Writes an unsigned 32-bit varint.
 *
 * @returns Where it ends in `target`.
 */
export function writeVarint(target: Uint8Array, start: number, value: number): number {
  let end = start
  let left = value
  for (; left >= 0x80; left >>>= 7) target[end++] = (left & 0x7f) | 0x80
  target[end++] = left
  return end
}
