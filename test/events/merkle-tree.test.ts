import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createProofBuilder, planConsistency, planInclusion, type Subtree } from '../../src/events/merkle-proof.ts'
import { createMerkleTree, rootOfInclusion } from '../../src/events/merkle-tree.ts'
import { recursiveConsistency, recursivePath, recursiveRoot, sha256 } from '../support/recursive-merkle-tree.ts'
import { verifyConsistency } from '../support/verify-consistency.ts'

const leafOf = (hex: string): Uint8Array => sha256(Buffer.of(0), Buffer.from(hex, 'hex'))
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The test data of the Certificate Transparency reference implementation (merkle_tree_test.cc). */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const leaves = inputs.map(leafOf)

function rootOf(nodes: readonly Uint8Array[]): Uint8Array {
  const tree = createMerkleTree()
  for (const node of nodes) tree.add(node)
  return tree.root()
}

function proofOf(plan: readonly Subtree[], nodes: readonly Uint8Array[]): readonly Uint8Array[] {
  const proof = createProofBuilder(plan)
  for (const node of nodes) proof.add(node)
  return proof.nodes()
}

/** As many leaves as asked for, each another. */
function leavesTo(size: number): readonly Uint8Array[] {
  return Array.from({ length: size }, (_, index) => leafOf(index.toString(16).padStart(4, '0')))
}

const sizes = fc.integer({ min: 1, max: 70 })

describe('the root', () => {
  test('is the known one for nothing', () => {
    expect(hex(rootOf([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test.each(roots.map((root, index) => [index + 1, root]))('is the known one for %d leaves', (size, root) => {
    expect(hex(rootOf(leaves.slice(0, size)))).toBe(root)
  })

  test('is at each size what the definition says', () => {
    const tree = createMerkleTree()
    const nodes = leavesTo(130)
    for (const [index, node] of nodes.entries()) {
      expect(tree.root()).toEqual(recursiveRoot(nodes.slice(0, index)))
      tree.add(node)
      expect(tree.size).toBe(index + 1)
    }
  })
})

describe('the proof of a leaf', () => {
  test.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  ])('is the known one for leaf %d of %d', (index, size, proof) => {
    expect(proofOf(planInclusion(index, size), leaves.slice(0, size)).map(hex)).toEqual(proof)
  })

  test('is what the definition says, and proves that leaf at that place and no other', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, at, elsewhere) => {
        const nodes = leavesTo(size)
        const root = recursiveRoot(nodes)
        const [index, other] = [at % size, elsewhere % size]
        const leaf = nodes[index] ?? new Uint8Array()
        const proof = proofOf(planInclusion(index, size), nodes)
        expect(proof).toEqual(recursivePath(index, nodes))
        expect(rootOfInclusion(leaf, index, size, proof)).toEqual(root)
        if (other !== index) expect(rootOfInclusion(leaf, other, size, proof)).not.toEqual(root)
        expect(rootOfInclusion(leafOf('ff'), index, size, proof)).not.toEqual(root)
        expect(rootOfInclusion(leaf, index, size, [...proof, leaf])).toBeNull()
        if (size > 1) expect(rootOfInclusion(leaf, index, size, proof.slice(1))).not.toEqual(root)
      }),
    )
  })

  test('cannot be made for an index outside, or from too few leaves', () => {
    expect(() => planInclusion(8, 8)).toThrow(RangeError)
    expect(() => planInclusion(0.5, 8)).toThrow(RangeError)
    expect(() => proofOf(planInclusion(0, 8), leaves.slice(0, 7))).toThrow('Cannot end a proof at leaf 7')
    expect(rootOfInclusion(leafOf(''), 1, 1, [])).toBeNull()
  })
})

describe('the proof that one tree is the beginning of another', () => {
  test.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('is the known one from %d to %d', (earlier, later, proof) => {
    expect(proofOf(planConsistency(earlier, later), leaves.slice(0, later)).map(hex)).toEqual(proof)
  })

  test('is what the definition says, and proves nothing of another tree', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, before, changed) => {
        const nodes = leavesTo(size)
        const earlier = { size: before % (size + 1), root: recursiveRoot(nodes.slice(0, before % (size + 1))) }
        const later = { size, root: recursiveRoot(nodes) }
        const proof = proofOf(planConsistency(earlier.size, size), nodes)
        expect(proof).toEqual(recursiveConsistency(earlier.size, nodes))
        expect(verifyConsistency(earlier, later, proof)).toBe(true)
        if (earlier.size === 0) return
        const forged = nodes.with(changed % earlier.size, leafOf('ff'))
        const forgery = { size, root: recursiveRoot(forged) }
        const forgedProof = recursiveConsistency(earlier.size, forged)
        expect(verifyConsistency(earlier, forgery, forgedProof)).toBe(false)
        expect(verifyConsistency(earlier, later, [...proof, later.root])).toBe(false)
        if (proof.length > 0) expect(verifyConsistency(earlier, later, proof.slice(1))).toBe(false)
        if (earlier.size < size) expect(verifyConsistency(later, earlier, proof)).toBe(false)
      }),
    )
  })

  test('cannot be made backwards', () => {
    expect(() => planConsistency(9, 8)).toThrow(RangeError)
  })
})
