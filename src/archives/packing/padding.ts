/**
 * How many zero bytes follow an archive in `data`, so that the next begins on a piece of its own.
 *
 * An encoding that fills whole pieces exactly gets one more piece of zeros, save where it is just
 * one piece long. Existing members do so, and their offsets depend on it.
 *
 * @param rawBytes The length of the archive's encoding, or of its ciphertext.
 */
export function paddingBytesOf(rawBytes: number, pieceBytes: number): number {
  return rawBytes <= pieceBytes ? pieceBytes - rawBytes : pieceBytes - (rawBytes % pieceBytes)
}
