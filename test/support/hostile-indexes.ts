import { archiveIdOfEncoding } from '../../src/archives/archive-id.ts'
import {
  encodeIndex,
  encodeIndexMetadata,
  MAX_INDEX_ENTRIES,
  type IndexEntry,
  type IndexMetadata,
} from '../../src/archives/archive-index.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { SOME_METADATA, withOwnId } from './published-version.ts'
import { rawIndex } from './raw-index.ts'

/** How many pieces the `data` has that they are of. */
export const HOSTILE_INDEX_PIECES = 3

const FAR = 2 ** 33 * PIECE_BYTES

/**
 * Indexes that are not to be believed, by what is wrong with them: where in `data` the archive is that is wrong, or, where
 * they cannot be read so far, where in themselves.
 */
export const HOSTILE_INDEXES: readonly (readonly [what: string, offset: number, make: () => Uint8Array])[] = [
  ['two archives in one place', PIECE_BYTES, () => encodeIndex([entry(0, 2), entry(1, 2)])],
  ['an offset far behind the end', FAR, () => encodeIndex([entry(0, 1, { offset: FAR })])],
  ['a size far beyond the end', 0, () => encodeIndex([entry(0, 1, { sizeBytes: FAR })])],
  ['an offset of -1', 87, () => withTail(0x18, ...MINUS_ONE)],
  ['an offset between pieces', 1, () => encodeIndex([entry(0, 1, { offset: 1 })])],
  ['the id of another entry', 0, () => rawIndex([entry(1, 1).id, encodeIndexMetadata(entry(0, 1))])],
  ['a path in place of an id', 0, () => rawIndex(['../../../canary', encodeIndexMetadata(entry(0, 1))])],
  ['more entries than any has', 97_218, () => manyEntries(MAX_INDEX_ENTRIES + 1)],
  ['an end in the middle', 94, () => encodeIndex([entry(0, 1), entry(1, 1)]).subarray(0, -1)],
  ['no archive', 1, () => Buffer.from('Not even protobuf')],
]

/** -1 as an int64: ten bytes, which readers of a uint64 take for 2^64 - 1. */
const MINUS_ONE = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]

/** An archive of whole pieces, with what is wrong put in its place. */
function entry(fromPiece: number, pieces: number, wrong: Partial<IndexMetadata> = {}): IndexEntry {
  const [offset, sizeBytes] = [fromPiece * PIECE_BYTES, pieces * PIECE_BYTES]
  return withOwnId({ metadata: SOME_METADATA, offset, sizeBytes, paddingBytes: 9, ...wrong })
}

/** An entry without offset and size, which goes on with these bytes, and has the id of it all. */
function withTail(...tail: readonly number[]): Uint8Array {
  const begun = encodeIndexMetadata({ metadata: SOME_METADATA, offset: 0, sizeBytes: 0, paddingBytes: 0 })
  const bytes = Buffer.concat([begun, Uint8Array.from(tail)])
  return rawIndex([archiveIdOfEncoding(bytes), bytes])
}

/** Nobody gets so far as to look at their ids. */
function manyEntries(count: number): Uint8Array {
  const nowhere = { ...SOME_METADATA, contentTopics: [] }
  const metadata = encodeIndexMetadata(entry(0, 1, { metadata: nowhere }))
  return rawIndex(...Array.from({ length: count }, (_, n) => [String(n), metadata] as const))
}
