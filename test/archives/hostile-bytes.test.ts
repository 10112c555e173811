import { decodeIndex } from '../../src/archives/archive-index.ts'
import { decodeArchive } from '../support/decode-archive.ts'
import { readGoldenCase } from '../support/golden.ts'
import { describeHostileDecoding } from '../support/hostile-decoding.ts'
import { valueOf } from '../support/value-of.ts'

const GOOD = goodBytes()

/** What each decoder has to take, so that it is tampering that is refused. */
function goodBytes(): Readonly<Record<'archive' | 'index', Uint8Array>> {
  const [step] = readGoldenCase('boundaries').steps
  const written = step?.written ?? null
  if (written === null || written.data === null) throw new Error('The golden case is not whole')
  const [first] = valueOf(decodeIndex(written.index, written.dataBytes))
  const rawBytes = first === undefined ? 0 : first.sizeBytes - first.paddingBytes
  return { archive: written.data.subarray(0, rawBytes), index: written.index }
}

describeHostileDecoding([
  ['decodeArchive', decodeArchive, GOOD.archive],
  ['decodeIndex', (bytes) => decodeIndex(bytes, 204_800), GOOD.index],
])
