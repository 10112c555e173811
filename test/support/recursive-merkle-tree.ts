import { createHash } from 'node:crypto'

/** SHA-256 of the parts one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

/** MTH of RFC 6962, section 2.1, word for word, over leaf hashes. */
export function recursiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return sha256()
  if (leaves.length === 1) return only
  const k = split(leaves.length)
  return sha256(Buffer.of(1), recursiveRoot(leaves.slice(0, k)), recursiveRoot(leaves.slice(k)))
}

/** PATH of RFC 6962, section 2.1.1, word for word. */
export function recursivePath(m: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  return m < k
    ? [...recursivePath(m, leaves.slice(0, k)), recursiveRoot(leaves.slice(k))]
    : [...recursivePath(m - k, leaves.slice(k)), recursiveRoot(leaves.slice(0, k))]
}

/** PROOF of RFC 6962, section 2.1.2, word for word; nothing for an empty tree, of which it says nothing. */
export function recursiveConsistency(m: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  return m === 0 ? [] : subproof(m, leaves, true)
}

function subproof(m: number, leaves: readonly Uint8Array[], isWhole: boolean): readonly Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [recursiveRoot(leaves)]
  const k = split(leaves.length)
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), isWhole), recursiveRoot(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), recursiveRoot(leaves.slice(0, k))]
}

/** The largest power of two below n. */
function split(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1))
}
