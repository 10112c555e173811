import { createPublicKey, verify } from 'node:crypto'

const PUBLIC_KEY_BYTES = 32
const SIGNATURE_BYTES = 64

/** What comes before the 32 bytes of a public key in SPKI (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Whether a signature over `bytes` is by the holder of the key.
 *
 * @param publicKey The raw 32 bytes.
 * @param signature 64 bytes.
 * @returns False for a key or signature of another length, too. Never throws.
 */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), type: 'spki', format: 'der' })
  return verify(null, bytes, key, signature)
}
