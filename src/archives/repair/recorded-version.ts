import { PIECE_BYTES, type ArchiveEntry } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import type { PieceRange } from '../../domain/damage.ts'
import { archiveIdOfEncoding } from '../archive-id.ts'
import { encodeIndex, encodeIndexMetadata, type IndexEntry } from '../archive-index.ts'
import type { ArchiveVersion } from '../packing/previous-version.ts'

/** An archive as the log names it, with all that it takes to make its bytes again. */
export interface RecordedArchive {
  readonly entry: ArchiveEntry
  /** All topics that the community had when it was packed, in its own order. */
  readonly contentTopics: readonly ContentTopic[]
  /** Its messages have higher sequence numbers: 0, unless it was packed from late messages alone. */
  readonly recordedAfter: number
  /** The sequence number of the newest message that its run looked at. */
  readonly recordedUpTo: number
}

/** A version whose files are to be checked or mended, as the log names it. */
export interface RecordedVersion {
  /** The folder that holds one folder a community. */
  readonly archivesDir: string
  readonly communityId: CommunityId
  readonly version: ArchiveVersion & { readonly indexBytes: number }
  /** All archives of the generation up to the version's end, by offset. */
  readonly archives: readonly RecordedArchive[]
  /** The format's own unless a test wants them small. */
  readonly pieceBytes?: number
}

/** The same, checked: the archives fill the version's `data` without a gap, each in whole pieces. */
export type SoundVersion = RecordedVersion & { readonly pieceBytes: number }

/** @throws When the archives are not those of the version: nothing could be said about what lies between them. */
export function requireSound(recorded: RecordedVersion): SoundVersion {
  const { archives, version, pieceBytes = PIECE_BYTES } = recorded
  let end = 0
  for (const { entry } of archives) {
    const sizeBytes = sizeOf(entry)
    if (entry.offset !== end || sizeBytes % pieceBytes !== 0) {
      throw new Error(`Cannot check ${version.infoHash}: archive ${entry.id} does not begin where the one before ends`)
    }
    end += sizeBytes
  }
  if (end !== version.dataBytes) {
    throw new Error(`Cannot check ${version.infoHash}: ${version.dataBytes} bytes are recorded, archives for ${end}`)
  }
  return { ...recorded, pieceBytes }
}

/** How many bytes of `data` are the archive's own, its padding included. */
export function sizeOf({ rawBytes, paddingBytes }: Pick<ArchiveEntry, 'rawBytes' | 'paddingBytes'>): number {
  return rawBytes + paddingBytes
}

/** Which pieces of the torrent are the archive's own. */
export function piecesOf(
  entry: Pick<ArchiveEntry, 'offset' | 'rawBytes' | 'paddingBytes'>,
  pieceBytes: number,
): PieceRange {
  return { from: entry.offset / pieceBytes, to: (entry.offset + sizeOf(entry)) / pieceBytes }
}

/** The index that the log's archives make. */
export function recordedIndex(archives: readonly RecordedArchive[]): Uint8Array {
  return encodeIndex(archives.map((archive) => indexEntryOf(archive)))
}

/** Whether the archive's id is what its place, range and topics make it. */
export function hasOwnId(archive: RecordedArchive): boolean {
  const { id, ...metadata } = indexEntryOf(archive)
  return id === archiveIdOfEncoding(encodeIndexMetadata(metadata))
}

function indexEntryOf({ entry, contentTopics }: RecordedArchive): IndexEntry {
  const { id, from, to, offset, paddingBytes } = entry
  return { id, metadata: { from, to, contentTopics }, offset, sizeBytes: sizeOf(entry), paddingBytes }
}
