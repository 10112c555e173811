import type { FetchedArchive } from '../../domain/archive.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { decodeIndex, type IndexEntry, type MalformedIndex } from '../archive-index.ts'
import { isHashRatchetEnvelope } from './hash-ratchet.ts'
import type { PayloadCipher } from './payload-cipher.ts'

/** The longest archive that is taken into memory, with its padding or decrypted. */
export const MAX_EXTRACTED_BYTES = 268_435_456

/** One archive as a received index names it. */
export interface ReceivedArchive extends FetchedArchive {
  readonly contentTopics: readonly ContentTopic[]
}

/** An index whose every entry can be followed: to whole pieces within `data`, that are no other archive's. */
export interface ReceivedIndex {
  /** By offset, at least one. */
  readonly archives: readonly ReceivedArchive[]
}

/** Why an index is not believed. */
export interface ReceivedIndexRefused {
  readonly code:
    /** The bytes are not those that the torrent names. */
    | 'INDEX_DAMAGED'
    | 'INDEX_MALFORMED'
    /** It is in an envelope, and there is no key for it. */
    | 'ENCRYPTED'
  /** Null where the code says all. */
  readonly reason: IndexFault | null
  /** `offset`: how far reading had come, or where in `data` the archive begins that is wrong. */
  readonly numbers: Readonly<Record<string, number>>
}

export type IndexFault =
  | MalformedIndex['reason']
  /** It names no archive. */
  | 'NO_ARCHIVES'
  /** An archive does not begin or end with a piece. */
  | 'MISALIGNED'
  /** An archive is all padding. */
  | 'NO_CONTENT'
  /** An archive is longer than any that is read. */
  | 'ARCHIVE_TOO_LARGE'
  /** An archive ends before it begins, or with its first second. Nobody writes such: they could hold no message. */
  | 'EMPTY_RANGE'

type Refused = Result<never, ReceivedIndexRefused>

/**
 * Checks the index of a torrent before any of it is believed. Ranges of time may overlap, as those of chunks do.
 *
 * @param indexBytes All of it, from wherever.
 * @param torrent What the index is of. It has been checked.
 * @param cipher Asked once where the index is encrypted.
 * @throws What the cipher throws; never for what the bytes hold.
 */
export async function checkReceivedIndex(
  indexBytes: Uint8Array,
  torrent: TorrentInfo,
  cipher: PayloadCipher,
): Promise<Result<ReceivedIndex, ReceivedIndexRefused>> {
  if (!isIndexOf(torrent, indexBytes)) return refuse('INDEX_DAMAGED', null, { bytes: indexBytes.length })
  const checked = checkIndexContent(indexBytes, torrent)
  if (checked.ok || checked.error.code !== 'ENCRYPTED') return checked
  const plain = await cipher.decrypt(torrent.communityId, indexBytes)
  return plain === null ? checked : checkIndexContent(plain, torrent)
}

/** The same for the bytes of an index alone, encrypted ones refused. Never throws. */
export function checkIndexContent(
  bytes: Uint8Array,
  { dataBytes, pieceBytes }: Pick<TorrentInfo, 'dataBytes' | 'pieceBytes'>,
): Result<ReceivedIndex, ReceivedIndexRefused> {
  const decoded = decodeIndex(bytes, dataBytes)
  if (decoded.ok && decoded.value.length > 0) return checkEntries(decoded.value, pieceBytes)
  // An envelope decodes, to nothing, as none of its fields is one of an index.
  if (isHashRatchetEnvelope(bytes)) return refuse('ENCRYPTED', null, { bytes: bytes.length })
  if (decoded.ok) return refuse('INDEX_MALFORMED', 'NO_ARCHIVES', { bytes: bytes.length })
  const { reason, offset } = decoded.error
  return refuse('INDEX_MALFORMED', reason, { offset })
}

function checkEntries(entries: readonly IndexEntry[], pieceBytes: number): Result<ReceivedIndex, ReceivedIndexRefused> {
  for (const entry of entries) {
    const fault = faultOf(entry, pieceBytes)
    if (fault !== null) return refuse('INDEX_MALFORMED', fault, { offset: entry.offset })
  }
  return ok({ archives: entries.map(receivedArchiveOf) })
}

function faultOf({ metadata, offset, sizeBytes, paddingBytes }: IndexEntry, pieceBytes: number): IndexFault | null {
  if (offset % pieceBytes !== 0 || sizeBytes % pieceBytes !== 0) return 'MISALIGNED'
  if (paddingBytes === sizeBytes) return 'NO_CONTENT'
  if (sizeBytes > MAX_EXTRACTED_BYTES) return 'ARCHIVE_TOO_LARGE'
  return metadata.from < metadata.to ? null : 'EMPTY_RANGE'
}

function receivedArchiveOf({ id, metadata, offset, sizeBytes, paddingBytes }: IndexEntry): ReceivedArchive {
  return { id, ...metadata, offset, sizeBytes, paddingBytes }
}

function isIndexOf({ dataBytes, pieceBytes, pieces }: TorrentInfo, bytes: Uint8Array): boolean {
  const hashes = pieces.subarray((dataBytes / pieceBytes) * PIECE_HASH_BYTES)
  return Buffer.compare(pieceHashesOf(bytes, pieceBytes), hashes) === 0
}

function refuse(
  code: ReceivedIndexRefused['code'],
  reason: ReceivedIndexRefused['reason'],
  numbers: ReceivedIndexRefused['numbers'],
): Refused {
  return err({ code, reason, numbers })
}
