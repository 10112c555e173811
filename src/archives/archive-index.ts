import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { ArchiveId } from '../domain/archive.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { decodeStrictly, type EncodingFault, type WireReader } from '../formats/wire-reader.ts'
import { encodeArchiveMetadata, readArchiveMetadata, readVersion, type ArchiveMetadata } from './archive-encoding.ts'
import { archiveIdOfEncoding } from './archive-id.ts'

/** How many archives an index names at most: a thousand years of weeks. */
export const MAX_INDEX_ENTRIES = 4_096

/** Where an archive lies in `data`: WakuMessageArchiveIndexMetadata, whose version is always 0. */
export interface IndexMetadata {
  readonly metadata: ArchiveMetadata
  /** Where it begins in `data`, in bytes. */
  readonly offset: number
  /** How many bytes of `data` are its own, padding included. */
  readonly sizeBytes: number
  readonly paddingBytes: number
}

/** One archive as the index names it. */
export interface IndexEntry extends IndexMetadata {
  readonly id: ArchiveId
}

/** Why bytes are not the index of a `data`. */
export interface MalformedIndex {
  readonly type: 'MalformedIndex'
  readonly reason:
    | EncodingFault
    /** An id is not the hash of what it stands for. */
    | 'WRONG_ID'
    /** Two archives have bytes in common. */
    | 'OVERLAPPING'
    /** An archive ends behind the end of `data`. */
    | 'BEYOND_DATA'
  /** How far into the index reading had come, or where in `data` the archive begins that is wrong. */
  readonly offset: number
}

/** Encodes a WakuMessageArchiveIndexMetadata; its Keccak-256 is the archive's id. */
export function encodeIndexMetadata({ metadata, offset, sizeBytes, paddingBytes }: IndexMetadata): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(2, WireType.LengthDelimited).bytes(encodeArchiveMetadata(metadata))
  if (offset !== 0) writer.tag(3, WireType.Varint).uint64(offset)
  if (sizeBytes !== 0) writer.tag(4, WireType.Varint).uint64(sizeBytes)
  if (paddingBytes !== 0) writer.tag(5, WireType.Varint).uint64(paddingBytes)
  return writer.finish()
}

/** Encodes a WakuMessageArchiveIndex, by offset: the same entries always give the same bytes. */
export function encodeIndex(entries: readonly IndexEntry[]): Uint8Array {
  const writer = new BinaryWriter()
  for (const entry of byOffset(entries)) {
    writer.tag(1, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(entry.id)
    writer.tag(2, WireType.LengthDelimited).bytes(encodeIndexMetadata(entry))
    writer.join()
  }
  return writer.finish()
}

/**
 * Decodes a WakuMessageArchiveIndex, in whatever order it was written.
 *
 * A key that is there twice is refused, where proto keeps the last: no encoder of a map writes one,
 * and readers that keep different ones would read different archives. So is an entry whose id is
 * not the hash of its own bytes, and one that overlaps another or ends beyond `data`.
 *
 * @param dataBytes The length of the `data` that the index is of.
 * @returns The entries by offset; `MalformedIndex` for anything that is no such index, which is
 *   what an encrypted one looks like to those without its key. Never throws.
 */
export function decodeIndex(bytes: Uint8Array, dataBytes: number): Result<readonly IndexEntry[], MalformedIndex> {
  const decoded = decodeStrictly(bytes, readEntries)
  if (!decoded.ok) return refuse(decoded.error.reason, decoded.error.offset)
  const sorted = byOffset(decoded.value)
  let end = 0
  for (const { offset, sizeBytes } of sorted) {
    if (offset < end) return refuse('OVERLAPPING', offset)
    end = offset + sizeBytes
    if (end > dataBytes) return refuse('BEYOND_DATA', offset)
  }
  // Last, as a Keccak takes longer than all else that is done to an entry.
  const entries = sorted.map(({ claimedId: _, encoding, ...metadata }) => ({
    id: archiveIdOfEncoding(encoding),
    ...metadata,
  }))
  const wrong = sorted.find(({ claimedId }, index) => claimedId !== entries[index]?.id)
  return wrong === undefined ? ok(entries) : refuse('WRONG_ID', wrong.offset)
}

/** An entry as it was read: nobody has compared the id that it was given with its own. */
interface ReadEntry extends IndexMetadata {
  readonly claimedId: string
  /** What its own id is the hash of. */
  readonly encoding: Uint8Array
}

function readEntries(reader: WireReader): readonly ReadEntry[] {
  const entries = new Map<string, ReadEntry>()
  for (let field = reader.next(); field !== null; field = reader.next()) {
    if (field !== 1) {
      reader.skip()
      continue
    }
    const entry = readEntry(reader.repeatedMessage())
    if (entries.has(entry.claimedId)) return reader.refuse('FIELD_REPEATED')
    if (entries.size === MAX_INDEX_ENTRIES) return reader.refuse('TOO_MANY')
    entries.set(entry.claimedId, entry)
  }
  return [...entries.values()]
}

function readEntry(reader: WireReader): ReadEntry {
  let id: string | null = null
  let value: WireReader | null = null
  for (let field = reader.next(); field !== null; field = reader.next()) {
    if (field === 1) id = reader.text()
    else if (field === 2) value = reader.message()
    else reader.skip()
  }
  if (id === null || value === null) return reader.refuse('FIELD_MISSING')
  return { claimedId: id, encoding: value.encoding, ...readIndexMetadata(value) }
}

function readIndexMetadata(reader: WireReader): IndexMetadata {
  let metadata: ArchiveMetadata | null = null
  let offset = 0
  let sizeBytes = 0
  let paddingBytes = 0
  for (let field = reader.next(); field !== null; field = reader.next()) {
    if (field === 1) readVersion(reader)
    else if (field === 2) metadata = readArchiveMetadata(reader.message())
    else if (field === 3) offset = reader.number()
    else if (field === 4) sizeBytes = reader.number()
    else if (field === 5) paddingBytes = reader.number()
    else reader.skip()
  }
  if (metadata === null) return reader.refuse('FIELD_MISSING')
  if (sizeBytes === 0 || paddingBytes > sizeBytes) return reader.refuse('BAD_VALUE')
  return { metadata, offset, sizeBytes, paddingBytes }
}

function byOffset<Entry extends IndexMetadata>(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((one, other) => one.offset - other.offset)
}

function refuse(reason: MalformedIndex['reason'], offset: number): Result<never, MalformedIndex> {
  return err({ type: 'MalformedIndex', reason, offset })
}
