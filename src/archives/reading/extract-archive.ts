import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { ArchiveId } from '../../domain/archive.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import type { Message } from '../../domain/message.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixSeconds } from '../../domain/time.ts'
import type { MalformedEncoding } from '../../formats/wire-reader.ts'
import { decodeArchive, isSameMetadata, type ArchiveMetadata, type DecodedArchive } from '../archive-encoding.ts'
import type { IndexEntry } from '../archive-index.ts'
import { readUpTo } from './read-up-to.ts'

/** The longest archive that is taken into memory unless the caller says otherwise. */
export const MAX_EXTRACTED_BYTES = 268_435_456

/** Which bytes of `data` to extract, and what is known of them. */
export interface ExtractionRequest {
  readonly id: ArchiveId
  readonly metadata: ArchiveMetadata
  readonly offset: number
  /** Without padding. */
  readonly rawBytes: number
  /** SHA-256 of the archive without padding, in hex; null where nobody recorded it. */
  readonly sha256: string | null
}

/** What to extract for an entry of an index. */
export function extractionRequestOf(entry: IndexEntry, sha256: string | null): ExtractionRequest {
  const { id, metadata, offset, sizeBytes, paddingBytes } = entry
  return { id, metadata, offset, rawBytes: sizeBytes - paddingBytes, sha256 }
}

/** A message that does not belong into the archive that holds it. */
export interface Misplaced {
  /** Its place in the archive, from 0. */
  readonly index: number
  readonly reason: 'OUT_OF_RANGE' | 'FOREIGN_TOPIC'
}

export interface ExtractedArchive {
  /** The messages that belong, in the archive's order. Their byte fields share one buffer. */
  readonly messages: readonly Message[]
  /** Those that were left out. */
  readonly misplaced: readonly Misplaced[]
}

/** `data` ends before the archive does. */
export interface ArchiveCutShort {
  readonly type: 'ArchiveCutShort'
  readonly id: ArchiveId
  readonly expectedBytes: number
  readonly foundBytes: number
}

export interface ArchiveTooLarge {
  readonly type: 'ArchiveTooLarge'
  readonly id: ArchiveId
  readonly rawBytes: number
}

/** The bytes are not those that were recorded. */
export interface ArchiveDigestDiffers {
  readonly type: 'ArchiveDigestDiffers'
  readonly id: ArchiveId
}

/** The archive says of itself what the index does not say of it. */
export interface ArchiveMetadataDiffers {
  readonly type: 'ArchiveMetadataDiffers'
  readonly id: ArchiveId
}

export type ExtractionRefusal =
  ArchiveCutShort | ArchiveTooLarge | ArchiveDigestDiffers | ArchiveMetadataDiffers | MalformedEncoding

/**
 * Reads one archive out of `data` and decodes it.
 *
 * @param maxBytes A longer archive is refused before it is read.
 * @throws What node:fs throws when the file cannot be opened or read.
 */
export async function extractArchive(
  dataPath: string,
  request: ExtractionRequest,
  maxBytes = MAX_EXTRACTED_BYTES,
): Promise<Result<ExtractedArchive, ExtractionRefusal>> {
  const { id, offset, rawBytes, sha256, metadata } = request
  if (rawBytes > maxBytes) return err({ type: 'ArchiveTooLarge', id, rawBytes })
  const bytes = await readRange(dataPath, offset, rawBytes)
  if (bytes.length < rawBytes) {
    return err({ type: 'ArchiveCutShort', id, expectedBytes: rawBytes, foundBytes: bytes.length })
  }
  if (sha256 !== null && createHash('sha256').update(bytes).digest('hex') !== sha256) {
    return err({ type: 'ArchiveDigestDiffers', id })
  }
  const archive = decodeArchive(bytes)
  if (!archive.ok) return archive
  if (!isSameMetadata(archive.value.metadata, metadata)) return err({ type: 'ArchiveMetadataDiffers', id })
  return ok(sortOut(archive.value))
}

function sortOut({ metadata, messages }: DecodedArchive): ExtractedArchive {
  const topics: ReadonlySet<ContentTopic> = new Set(metadata.contentTopics)
  const misplaced: Misplaced[] = []
  const belonging = messages.filter(({ timestamp, topic }, index) => {
    const reason = misplacement(timestamp, topic, metadata, topics)
    if (reason !== null) misplaced.push({ index, reason })
    return reason === null
  })
  return { messages: belonging, misplaced }
}

function misplacement(
  timestamp: UnixSeconds,
  topic: ContentTopic,
  { from, to }: ArchiveMetadata,
  topics: ReadonlySet<ContentTopic>,
): Misplaced['reason'] | null {
  if (timestamp < from || timestamp >= to) return 'OUT_OF_RANGE'
  return topics.has(topic) ? null : 'FOREIGN_TOPIC'
}

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    return await readUpTo(file, offset, length)
  } finally {
    await file.close()
  }
}
