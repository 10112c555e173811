import { hash } from 'node:crypto'
import { HASH_BYTES } from './hash-chain.ts'

/** A Merkle tree that grows by a leaf at a time, and holds one node for each whole subtree at its right edge: log₂ n. */
export interface MerkleTree {
  /** How many leaves it has. */
  readonly size: number
  /** @param leaf A leaf hash, already made with the 0x00 prefix. */
  add(leaf: Uint8Array): void
  /** 32 bytes; the SHA-256 of nothing for an empty tree. */
  root(): Uint8Array
}

/**
 * Creates a tree without leaves.
 *
 * @see RFC 6962, section 2.1
 */
export function createMerkleTree(): MerkleTree {
  // The largest first, as the binary digits of the size say.
  const subtrees: Uint8Array[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    add(leaf) {
      let node = leaf
      for (let count = size; count % 2 === 1; count = Math.floor(count / 2)) {
        const left = subtrees.pop()
        if (left === undefined) throw new Error(`Cannot add leaf ${size}: a subtree is missing`)
        node = nodeHash(left, node)
      }
      subtrees.push(node)
      size += 1
    },
    root() {
      if (subtrees.length === 0) return hash('sha256', '', 'buffer')
      return subtrees.reduceRight((right, left) => nodeHash(left, right))
    },
  }
}

/**
 * The root that a proof leads to from a leaf at `index` in a tree of `size` leaves.
 *
 * @returns Null where a proof of that leaf has another length. Never throws.
 * @see RFC 9162, section 2.1.3.2
 */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | null {
  if (!Number.isInteger(index) || index < 0 || index >= size) return null
  let node = leaf
  let position = index
  let last = size - 1
  for (const sibling of proof) {
    if (last === 0) return null
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node)
      // A right edge without a sibling is carried up unchanged.
      while (position % 2 === 0 && position !== 0) {
        position /= 2
        last = Math.floor(last / 2)
      }
    } else {
      node = nodeHash(node, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? node : null
}

/** Reused: hashing is synchronous. The prefix 0x01 keeps a node from being passed off as a leaf. */
const preimage = Buffer.alloc(1 + 2 * HASH_BYTES, 0x01)

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  preimage.set(left, 1)
  preimage.set(right, 1 + HASH_BYTES)
  return Buffer.from(hash('sha256', preimage, 'hex'), 'hex')
}
