import { hash } from 'node:crypto'

/**
 * The root of the Merkle tree over the leaves: what a checkpoint of the log signs.
 *
 * @param leaves Leaf hashes, already made with the 0x00 prefix, in log order.
 * @returns 32 bytes; the SHA-256 of nothing for an empty tree.
 * @see RFC 6962, section 2.1
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return leaves.length === 0 ? hash('sha256', '', 'buffer') : rootOf(leaves, 0, leaves.length)
}

/**
 * The nodes that lead from a leaf to the root, the lowest first.
 *
 * @throws When `index` is not that of a leaf.
 * @see RFC 6962, section 2.1.1
 */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`Cannot prove leaf ${index} of a tree of ${leaves.length}`)
  }
  return pathOf(leaves, index, 0, leaves.length)
}

/**
 * Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with that root.
 *
 * @see RFC 9162, section 2.1.3.2
 */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!Number.isInteger(index) || index < 0 || index >= size) return false
  let node = leaf
  let position = index
  let last = size - 1
  for (const sibling of proof) {
    if (last === 0) return false
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
  return last === 0 && Buffer.compare(node, root) === 0
}

function rootOf(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  const only = leaves[from]
  if (only === undefined) throw new RangeError(`Cannot hash leaf ${from} of a tree of ${leaves.length}`)
  if (to - from === 1) return only
  const middle = from + leftSize(to - from)
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to))
}

function pathOf(leaves: readonly Uint8Array[], index: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return []
  const middle = from + leftSize(to - from)
  return index < middle
    ? [...pathOf(leaves, index, from, middle), rootOf(leaves, middle, to)]
    : [...pathOf(leaves, index, middle, to), rootOf(leaves, from, middle)]
}

/** The largest power of two below `size`: how many leaves the left half of a tree has. */
function leftSize(size: number): number {
  let left = 1
  while (left * 2 < size) left *= 2
  return left
}

/** The prefix 0x01 keeps a node from being passed off as a leaf. */
function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.of(0x01), left, right]), 'buffer')
}
