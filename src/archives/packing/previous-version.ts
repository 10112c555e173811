import type { CommunityId } from '../../domain/community-id.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import { MAX_TORRENT_BYTES, parseTorrentFile, type Torrent } from '../../formats/torrent-parser.ts'
import { decodeIndex, type IndexEntry } from '../archive-index.ts'
import { dataPathOf, indexPathOf, torrentPathOf } from '../archive-paths.ts'
import { readSmallFile, type FileSteps } from '../file-steps.ts'
import { PackingStopped } from './packing-failure.ts'

/** A version of a community's files, as the log names it. */
export interface ArchiveVersion {
  readonly infoHash: InfoHash
  readonly generation: number
  /** How much of `data.<generation>` is its own. */
  readonly dataBytes: number
}

/** What the next version takes over from the one before. */
export interface InheritedArchives {
  readonly entries: readonly IndexEntry[]
  /** The SHA-1 of each piece of `data`, 20 bytes each. */
  readonly pieceHashes: Uint8Array
}

/**
 * Reads what the version before left, and believes none of it that does not lead back to the
 * info hash in the log: the torrent file hashes to it, and vouches for the index in its turn.
 *
 * @throws PackingStopped FILES_DAMAGED where that is not so.
 */
export function readPreviousVersion(
  files: FileSteps,
  archivesDir: string,
  communityId: CommunityId,
  version: ArchiveVersion,
  pieceBytes: number,
): InheritedArchives {
  const torrentPath = torrentPathOf(archivesDir, communityId, version.infoHash)
  const torrent = parseTorrentFile(readSmallFile(files, torrentPath, MAX_TORRENT_BYTES) ?? EMPTY, pieceBytes)
  if (!torrent.ok || torrent.value.infoHash !== version.infoHash || torrent.value.dataBytes !== version.dataBytes) {
    throw new PackingStopped('FILES_DAMAGED', `${torrentPath} is not the torrent file of ${version.infoHash}`)
  }
  const indexPath = indexPathOf(archivesDir, communityId, version.infoHash)
  const index = readSmallFile(files, indexPath, torrent.value.indexBytes)
  const hashesEnd = (version.dataBytes / pieceBytes) * PIECE_HASH_BYTES
  if (index === null || !isIndexOf(torrent.value, index, hashesEnd)) {
    throw new PackingStopped('FILES_DAMAGED', `${indexPath} is not the index that its torrent names`)
  }
  const entries = decodeIndex(index, version.dataBytes)
  if (!entries.ok) {
    throw new PackingStopped('FILES_DAMAGED', `Cannot decode ${indexPath}: ${entries.error.reason}`)
  }
  return { entries: entries.value, pieceHashes: torrent.value.pieces.subarray(0, hashesEnd) }
}

/** Whether a run could begin with the files of a version, by the look that it begins with. Changes nothing. */
export function canGoOnFrom(
  files: FileSteps,
  archivesDir: string,
  communityId: CommunityId,
  version: ArchiveVersion,
  pieceBytes: number,
): boolean {
  try {
    readPreviousVersion(files, archivesDir, communityId, version, pieceBytes)
    const foundBytes = files.sizeAt(dataPathOf(archivesDir, communityId, version.generation))
    return foundBytes !== null && foundBytes >= version.dataBytes
  } catch (error) {
    // What cannot be read is not there to begin with: the run that is begun when it can be will tell of anything else.
    if (error instanceof PackingStopped || (error instanceof Error && 'code' in error)) return false
    throw error
  }
}

const EMPTY = new Uint8Array(0)

function isIndexOf(torrent: Torrent, index: Uint8Array, hashesStart: number): boolean {
  const hashes = pieceHashesOf(index, torrent.pieceBytes)
  return Buffer.compare(hashes, torrent.pieces.subarray(hashesStart)) === 0
}
