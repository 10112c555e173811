import { sha256 } from './recursive-merkle-tree.ts'

/** What two checkpoints say of the tree. */
export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/**
 * Whether `proof` shows that the first leaves of the `later` tree are those of the `earlier` one.
 *
 * @see RFC 9162, section 2.1.4.2
 */
export function verifyConsistency(earlier: TreeHead, later: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (earlier.size > later.size) return false
  if (earlier.size === later.size) return proof.length === 0 && areEqual(earlier.root, later.root)
  // An empty tree is the beginning of each.
  if (earlier.size === 0) return proof.length === 0
  let position = earlier.size - 1
  let last = later.size - 1
  while (position % 2 === 1) {
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  // The earlier tree is itself a node of the later one, which the proof leaves out.
  const [first, ...rest] = position === 0 ? [earlier.root, ...proof] : proof
  return first !== undefined && leadsToBoth({ first, rest, position, last }, earlier.root, later.root)
}

function leadsToBoth(
  path: { readonly first: Uint8Array; readonly rest: readonly Uint8Array[]; position: number; last: number },
  earlierRoot: Uint8Array,
  laterRoot: Uint8Array,
): boolean {
  let { position, last } = path
  let earlier = path.first
  let later = path.first
  for (const sibling of path.rest) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      earlier = sha256(Buffer.of(1), sibling, earlier)
      later = sha256(Buffer.of(1), sibling, later)
      while (position % 2 === 0 && position !== 0) {
        position /= 2
        last = Math.floor(last / 2)
      }
    } else {
      later = sha256(Buffer.of(1), later, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && areEqual(earlier, earlierRoot) && areEqual(later, laterRoot)
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
