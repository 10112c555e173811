import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import type { QuarantineCode } from '../../domain/failure-codes.ts'
import type { Message } from '../../domain/message.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { findBadPieces } from '../../formats/bad-pieces.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { ArchiveScan } from '../archive-encoding.ts'
import { readUpTo } from '../reading/read-up-to.ts'
import { checkArchiveContent, type ContentRefused } from './check-archive-content.ts'
import { MAX_EXTRACTED_BYTES, type ReceivedArchive } from './check-received-index.ts'
import { isHashRatchetEnvelope } from './hash-ratchet.ts'
import type { PayloadCipher } from './payload-cipher.ts'

/** Which archive to read, and what is known of it. */
export interface ArchiveReading {
  readonly dataPath: string
  /** What `data` has to be, at least where the archive is. */
  readonly torrent: TorrentInfo
  /** As the torrent's checked index has it. */
  readonly archive: ReceivedArchive
  /** Asked once where the archive is encrypted. */
  readonly cipher: PayloadCipher
}

/** An archive that was hashed, and whose every message was looked at. It holds the whole of it in memory. */
export interface ReadArchive {
  /** How many messages it has: 0 is possible. */
  readonly messages: number
  /** Its length without padding, as it stands in `data`, and the SHA-256 of that in hex. */
  readonly rawBytes: number
  readonly sha256: string
  /**
   * Its messages in its own order, some thousand or a mebibyte at a time, decoded as they are asked for. Their byte fields
   * are views. It can be gone through again.
   */
  batches(): Iterable<readonly Message[]>
}

/** Why an archive cannot be taken over. */
export interface ArchiveRefused {
  readonly code: QuarantineCode
  readonly numbers: Readonly<Record<string, number>>
  /** What was found or thrown, for the node's own log; null where code and numbers say all. */
  readonly cause: unknown
}

/**
 * Reads an archive out of a member's `data`: its pieces are hashed once more, and what was hashed is what is decoded.
 *
 * It yields to other work every few milliseconds.
 *
 * @returns The archive once all of it is known to be good; the first reason why it is not.
 * @throws What the cipher throws.
 */
export async function readArchive(reading: ArchiveReading): Promise<Result<ReadArchive, ArchiveRefused>> {
  const { torrent, archive, cipher } = reading
  const rawBytes = archive.sizeBytes - archive.paddingBytes
  if (archive.sizeBytes > MAX_EXTRACTED_BYTES) return refuse('TOO_LARGE', { bytes: archive.sizeBytes })
  const read = await readHashed(reading)
  if (!read.ok) return read
  const raw = read.value.subarray(0, rawBytes)
  const checked = await checkArchiveContent(raw, archive)
  if (checked.ok) return ok(readArchiveOf(raw, raw, checked.value))
  if (checked.error.code !== 'ARCHIVE_MALFORMED' || !isHashRatchetEnvelope(raw)) return refuseContent(checked.error)
  const plain = await cipher.decrypt(torrent.communityId, raw)
  if (plain === null) return refuse('ENCRYPTED', { bytes: rawBytes })
  if (plain.length > MAX_EXTRACTED_BYTES) return refuse('TOO_LARGE', { bytes: plain.length })
  const opened = await checkArchiveContent(plain, archive)
  return opened.ok ? ok(readArchiveOf(raw, plain, opened.value)) : refuseContent(opened.error)
}

function readArchiveOf(raw: Uint8Array, plain: Uint8Array, messages: number): ReadArchive {
  return {
    messages,
    rawBytes: raw.length,
    sha256: createHash('sha256').update(raw).digest('hex'),
    batches: () => batchesOf(plain),
  }
}

function* batchesOf(plain: Uint8Array): Iterable<readonly Message[]> {
  const scan = new ArchiveScan(plain)
  for (;;) {
    const slice = scan.next()
    if (!slice.ok) throw new Error(`Cannot decode an archive that decoded before: ${slice.error.reason}`)
    if (slice.value.type === 'END') return
    if (slice.value.messages.length > 0) yield slice.value.messages
  }
}

/** The archive with its padding, if each of its pieces is the one that the torrent names. */
async function readHashed({ dataPath, torrent, archive }: ArchiveReading): Promise<Result<Uint8Array, ArchiveRefused>> {
  try {
    await using file = await open(dataPath, 'r')
    return await hashWhileReading(file, torrent, archive)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return err({ code: 'READ_FAILED', numbers: {}, cause })
    throw cause
  }
}

async function hashWhileReading(
  file: FileHandle,
  torrent: TorrentInfo,
  { offset, sizeBytes }: ReceivedArchive,
): Promise<Result<Uint8Array, ArchiveRefused>> {
  const bytes = Buffer.alloc(sizeBytes)
  const source = {
    firstPiece: offset / torrent.pieceBytes,
    length: sizeBytes,
    read: async (start: number, length: number): Promise<Uint8Array> => {
      const part = await readUpTo(file, offset + start, length)
      bytes.set(part, start)
      return part
    },
  }
  const bad = await Array.fromAsync(findBadPieces(torrent, source))
  const [firstPiece] = bad
  return firstPiece === undefined ? ok(bytes) : refuse('PIECES_DAMAGED', { pieces: bad.length, firstPiece })
}

function refuseContent({ code, reason, numbers }: ContentRefused): Result<never, ArchiveRefused> {
  return err({ code, numbers, cause: reason })
}

function refuse(code: QuarantineCode, numbers: ArchiveRefused['numbers']): Result<never, ArchiveRefused> {
  return err({ code, numbers, cause: null })
}
