/**
 * Pieces as BitTorrent writes them: one bit each, the first the highest of its byte, and zeros up to the end of the last.
 *
 * @see BEP 3, "bitfield": https://www.bittorrent.org/beps/bep_0003.html
 */
export function bitfieldOf(count: number, isSet: (piece: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8))
  for (let piece = 0; piece < count; piece += 1) if (isSet(piece)) setBit(bits, piece)
  return bits
}

/** Whether the bit of a piece is set; false beyond the end. */
export function hasBit(bits: Uint8Array, piece: number): boolean {
  return ((bits[piece >> 3] ?? 0) & bitOf(piece)) !== 0
}

/** Sets the bit of a piece. */
export function setBit(bits: Uint8Array, piece: number): void {
  bits[piece >> 3] = (bits[piece >> 3] ?? 0) | bitOf(piece)
}

function bitOf(piece: number): number {
  return 0x80 >> (piece & 7)
}
