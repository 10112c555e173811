/** Before it grows: most requests are shorter. */
const FIRST_BYTES = 4096

/**
 * Bytes that come in pieces, in one place. A list of the pieces would take hundreds of bytes for each, however short it
 * is: who sends byte after byte would fill the memory with very little.
 */
export class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  /** Copies what came in, so that its memory is free again. */
  append(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#bytes.set(piece, this.#length)
    this.#length = length
  }

  /** All that was appended. It changes where more is. */
  whole(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
