import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inclusionProof, merkleRoot, verifyInclusion } from '../../src/events/merkle-tree.ts'

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()
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

/** The definition of RFC 6962, section 2.1, word for word. */
function rootByDefinition(nodes: readonly Uint8Array[]): Uint8Array {
  const [only] = nodes
  if (only === undefined) return sha256()
  if (nodes.length === 1) return only
  const k = 2 ** Math.floor(Math.log2(nodes.length - 1))
  return sha256(Buffer.of(1), rootByDefinition(nodes.slice(0, k)), rootByDefinition(nodes.slice(k)))
}

describe('the Merkle tree of RFC 6962', () => {
  test('has the known root for nothing', () => {
    expect(hex(merkleRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test.each(roots.map((root, index) => [index + 1, root]))('has the known root for %d leaves', (size, root) => {
    expect(hex(merkleRoot(leaves.slice(0, size)))).toBe(root)
  })

  test.each([
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  ])('has the known proof for leaf %d of %d', (index, size, proof) => {
    expect(inclusionProof(leaves.slice(0, size), index).map(hex)).toEqual(proof)
  })

  test('agrees with the definition, and proves each leaf and no other', () => {
    const sizes = fc.integer({ min: 1, max: 70 })
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, at, elsewhere) => {
        const nodes = Array.from({ length: size }, (_, index) => leafOf(index.toString(16).padStart(4, '0')))
        const root = merkleRoot(nodes)
        expect(root).toEqual(rootByDefinition(nodes))
        const index = at % size
        const other = elsewhere % size
        const leaf = nodes[index] ?? new Uint8Array()
        const proof = inclusionProof(nodes, index)
        expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true)
        expect(verifyInclusion(leaf, other, size, proof, root)).toBe(other === index)
        expect(verifyInclusion(leafOf('ff'), index, size, proof, root)).toBe(false)
        expect(verifyInclusion(leaf, index, size, [...proof, leaf], root)).toBe(false)
        expect(verifyInclusion(leaf, index, size, proof.slice(1), root)).toBe(size === 1)
      }),
    )
  })

  test('refuses an index outside', () => {
    expect(() => inclusionProof(leaves, 8)).toThrow(RangeError)
    expect(verifyInclusion(leafOf(''), 1, 1, [], leafOf(''))).toBe(false)
  })
})
