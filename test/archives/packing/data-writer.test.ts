import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataWriter } from '../../../src/archives/packing/data-writer.ts'
import { nodeFileSteps, readSmallFile, writeAll, type FileSteps } from '../../../src/archives/file-steps.ts'
import { pieceHashesOf } from '../../../src/formats/piece-hashes.ts'
import { recordFileSteps } from '../../support/recorded-file-steps.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

/** The writer's buffer is then one or two pieces long, so that archives and padding cross its end. */
const PIECE_LENGTHS = [524_288, 700_000]

test('the writer names each archive, and each piece, by what is in the file', () => {
  const folder = createTemporaryFolder()
  const archives = fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 4 })
  const partBytes = fc.integer({ min: 10_000, max: 2_000_000 })
  let run = 0
  fc.assert(
    fc.property(archives, partBytes, fc.constantFrom(...PIECE_LENGTHS), (lengths, part, pieceBytes) => {
      const path = join(folder, `data.${(run += 1)}`)
      const file = nodeFileSteps.openToAppend(path, 'CREATE')
      const writer = new DataWriter(nodeFileSteps, file, 0, pieceBytes)
      const written = lengths.map((length, index) => {
        const bytes = Buffer.alloc(length, index + 1)
        for (let start = 0; start < length; start += part) writer.write(bytes.subarray(start, start + part))
        return { ...writer.endArchive(), expected: createHash('sha256').update(bytes).digest('hex') }
      })
      const pieceHashes = writer.finish()
      nodeFileSteps.close(file)

      const data = readFileSync(path)
      expect(data.length).toBe(writer.dataBytes)
      expect(pieceHashesOf(data, pieceBytes)).toEqual(pieceHashes)
      for (const { offset, rawBytes, paddingBytes, sha256, expected } of written) {
        expect(sha256).toBe(expected)
        expect(offset % pieceBytes).toBe(0)
        expect(data.subarray(offset + rawBytes, offset + rawBytes + paddingBytes).every((byte) => byte === 0)).toBe(
          true,
        )
      }
    }),
    { numRuns: 20 },
  )
})

test('a system that takes nothing is a fault, not an endless loop', () => {
  const files: FileSteps = { ...nodeFileSteps, write: () => 0 }
  expect(() => writeAll(files, 0, new Uint8Array(5))).toThrow('Cannot write: the system took none of 5 bytes')
})

test('a file that is longer than allowed is not read', () => {
  const path = join(createTemporaryFolder(), 'index')
  writeFileSync(path, new Uint8Array(10))
  const { files, steps } = recordFileSteps()
  expect(readSmallFile(files, path, 10)).toEqual(new Uint8Array(10))
  expect(steps).toContain('read')
  const again = recordFileSteps()
  expect(readSmallFile(again.files, path, 9)).toBeNull()
  expect(again.steps).toEqual(['openToRead', 'sizeOf', 'close'])
})
