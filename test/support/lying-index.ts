import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { archiveIdOfEncoding } from '../../src/archives/archive-id.ts'
import { decodeIndex, encodeIndex, encodeIndexMetadata, type IndexMetadata } from '../../src/archives/archive-index.ts'
import { indexPathOf, torrentPathOf, versionFolderOf } from '../../src/archives/archive-paths.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing/packing-request.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { pieceHashesOf } from '../../src/formats/piece-hashes.ts'
import { createTorrentFile } from '../../src/formats/torrent-file.ts'
import { dataOf } from './packed-history.ts'
import { valueOf } from './value-of.ts'

/**
 * Writes a version beside another, over the same `data`, whose index says something else of its last archive.
 *
 * All else is in order: the archive's id is the hash of what is said, and the torrent file vouches for the index.
 */
export function writeLyingVersion(
  request: PackingRequest,
  packed: PackedArchives,
  lie: (last: IndexMetadata) => Partial<IndexMetadata>,
): PackedArchives {
  const { archivesDir, communityId, pieceBytes = PIECE_BYTES, trackers, createdAt } = request
  const { infoHash: honest, dataBytes } = packed
  const entries = valueOf(decodeIndex(readFileSync(indexPathOf(archivesDir, communityId, honest)), dataBytes))
  const last = entries.at(-1)
  if (last === undefined) throw new Error('There is no archive to lie about')
  const said = { ...last, ...lie(last) }
  const lying = { ...said, id: archiveIdOfEncoding(encodeIndexMetadata(said)) }
  const index = encodeIndex([...entries.slice(0, -1), lying])
  const data = readFileSync(dataOf(request, packed)).subarray(0, dataBytes)
  const pieces = Buffer.concat([data, index].map((bytes) => pieceHashesOf(bytes, pieceBytes)))
  const info = { communityId, pieceBytes, dataBytes, indexBytes: index.length, pieces }
  const { bytes, infoHash } = createTorrentFile(info, trackers, createdAt)
  mkdirSync(versionFolderOf(archivesDir, communityId, infoHash), { recursive: true })
  writeFileSync(indexPathOf(archivesDir, communityId, infoHash), index)
  writeFileSync(torrentPathOf(archivesDir, communityId, infoHash), bytes)
  return { ...packed, infoHash, indexBytes: index.length }
}
