import { createMerkleTree } from './merkle-tree.ts'

/** The leaves from `from` on and before `to`: a subtree whose root is a node of a proof. */
export interface Subtree {
  readonly from: number
  readonly to: number
}

/** Folds leaves, in their order, into the nodes of one proof. It holds log₂ n nodes, however many leaves there are. */
export interface ProofBuilder {
  add(leaf: Uint8Array): void
  /** The nodes in the order of the proof. @throws While leaves are missing. */
  nodes(): readonly Uint8Array[]
}

/**
 * The subtrees beside the way from a leaf to the root, the lowest first.
 *
 * @throws When `index` is not that of a leaf.
 * @see RFC 6962, section 2.1.1
 */
export function planInclusion(index: number, size: number): readonly Subtree[] {
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`Cannot prove leaf ${index} of a tree of ${size}`)
  }
  const subtrees: Subtree[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + leftSize(to - from)
    subtrees.push(index < middle ? { from: middle, to } : { from, to: middle })
    if (index < middle) to = middle
    else from = middle
  }
  return subtrees.toReversed()
}

/**
 * The subtrees that show that the first `earlier` leaves of a tree of `later` were not changed, the lowest first.
 *
 * @throws When the earlier tree is the larger one.
 * @see RFC 6962, section 2.1.2
 */
export function planConsistency(earlier: number, later: number): readonly Subtree[] {
  if (!Number.isInteger(earlier) || earlier < 0 || earlier > later) {
    throw new RangeError(`Cannot prove that a tree of ${earlier} leaves is the beginning of one of ${later}`)
  }
  if (earlier === 0) return []
  const subtrees: Subtree[] = []
  let [from, to] = [0, later]
  while (to !== earlier) {
    const middle = from + leftSize(to - from)
    subtrees.push(earlier <= middle ? { from: middle, to } : { from, to: middle })
    if (earlier <= middle) to = middle
    else from = middle
  }
  // Whoever has the earlier root need not be told it again.
  if (from !== 0) subtrees.push({ from, to })
  return subtrees.toReversed()
}

/** Creates the builder of a proof whose subtrees do not overlap, as those of a plan never do. */
export function createProofBuilder(plan: readonly Subtree[]): ProofBuilder {
  const trees = plan.map((subtree) => ({ ...subtree, tree: createMerkleTree() }))
  const inOrder = trees.toSorted((one, other) => one.from - other.from)
  let index = 0
  let at = 0
  return {
    add(leaf) {
      const next = inOrder[at]
      if (next !== undefined && index >= next.from) next.tree.add(leaf)
      index += 1
      if (next !== undefined && index === next.to) at += 1
    },
    nodes() {
      if (at < inOrder.length) throw new Error(`Cannot end a proof at leaf ${index}: more are needed`)
      return trees.map(({ tree }) => tree.root())
    },
  }
}

/** The largest power of two below `size`: how many leaves the left half of a tree has. */
function leftSize(size: number): number {
  let left = 1
  while (left * 2 < size) left *= 2
  return left
}
