import { join } from 'node:path'
import type { Damage } from '../../domain/damage.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixSeconds } from '../../domain/time.ts'
import { PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import { createTorrentFile } from '../../formats/torrent-file.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import { ArchiveMender, type ArchiveRepair } from './archive-mender.ts'
import { dataPathOf, versionFolderOf } from '../archive-paths.ts'
import { FileWork, fileWorkFailureOf, type FileWorkFailed, type FileWorkSurroundings } from './file-work.ts'
import { MendableData } from './mendable-data.ts'
import { PieceReader } from './piece-reader.ts'
import { openRecorded, readRecordedTorrent } from './recorded-files.ts'
import type { ReadMessagesOfRange } from './recorded-messages.ts'
import {
  hasOwnId,
  recordedIndex,
  requireSound,
  sizeOf,
  type RecordedVersion,
  type SoundVersion,
} from './recorded-version.ts'
import { replaceVersionFiles, type VersionFileName } from '../packing/version-files.ts'
import { removeVersionStamp } from '../version-stamp.ts'

/** A version to mend, and what its torrent file says beside its info dictionary. */
export interface RepairRequest extends RecordedVersion {
  /** Announce URLs, each a tier of its own. */
  readonly trackers: readonly string[]
  readonly createdAt: UnixSeconds
  /** Where others reach this node over HTTP, for the web seed that it names; null where they cannot. */
  readonly publicUrl?: string | null
}

/** NOT_POSSIBLE: what it is made from is not there, or does not give what was recorded. */
export type FileRepair = 'NOT_NEEDED' | 'REPAIRED' | 'NOT_POSSIBLE'

/** What became of each damaged part. All of it is on the disk. */
export interface VersionRepair {
  /** Those that were damaged, by offset. */
  readonly archives: readonly ArchiveRepair[]
  readonly index: FileRepair
  /** It is made from `data`, so it needs all of it. */
  readonly torrentFile: FileRepair
}

/**
 * Mends what `checkVersion` found, in place, to the bytes that were recorded.
 *
 * Archives are encoded anew from recorded messages, and have to come out with the recorded SHA-256; then their pieces
 * are written where other bytes are. The index is encoded anew from the log, and the torrent file from all pieces; they
 * replace what is there only if they lead to the recorded info hash. A piece that is right is never written to, nor is
 * anything beyond the version's length: the version can be mended while others of its generation are served, and a
 * repair that breaks off leaves bad only what was bad. What is in the way and no file is removed. So is the version's
 * stamp, before anything else: what was mended is hashed before it is served.
 *
 * It streams: it holds one message, a buffer of about a mebibyte and the index. Everything is synchronous, so it
 * belongs on a thread of its own, while no run packs for the community.
 *
 * @param damage What to mend; the rest is taken as good.
 * @returns `FileWorkFailed` when a step fails: what was mended before stays so, and a check tells what. Never throws.
 */
export function repairVersion(
  request: RepairRequest,
  damage: Damage,
  readMessages: ReadMessagesOfRange,
  surroundings: FileWorkSurroundings = {},
): Result<VersionRepair, FileWorkFailed> {
  try {
    const recorded = requireSound(request)
    const work = new FileWork(bytesOfWork(recorded, damage), surroundings)
    removeVersionStamp(work.files, recorded)
    const torrent = readRecordedTorrent(work.files, recorded)
    const archives = mendData(recorded, damage, torrent, readMessages, work)
    const { index, torrentFile } = damage
    const contents = new Map<VersionFileName, Uint8Array>()
    const newIndex = recordedIndex(recorded.archives)
    const isDataWhole = archives.every(({ outcome }) => outcome === 'REPAIRED')
    const newTorrent = torrentFile && isDataWhole ? makeTorrentFile(recorded, request, newIndex, work) : null
    if (index && isRecordedIndex(recorded, newIndex, torrent)) contents.set('index', newIndex)
    if (newTorrent !== null) contents.set('torrent', newTorrent)
    if (contents.size > 0) replaceFiles(recorded, contents, work)
    const repairOf = (isDamaged: boolean, name: VersionFileName): FileRepair =>
      isDamaged ? (contents.has(name) ? 'REPAIRED' : 'NOT_POSSIBLE') : 'NOT_NEEDED'
    return ok({ archives, index: repairOf(index, 'index'), torrentFile: repairOf(torrentFile, 'torrent') })
  } catch (error) {
    return err(fileWorkFailureOf(error))
  }
}

function bytesOfWork({ archives, version }: SoundVersion, damage: Damage): number {
  const damaged = new Set(damage.archives)
  const ofArchives = archives.reduce((sum, { entry }) => sum + (damaged.has(entry.id) ? sizeOf(entry) : 0), 0)
  return ofArchives + (damage.torrentFile ? version.dataBytes : 0)
}

function mendData(
  recorded: SoundVersion,
  damage: Damage,
  torrent: Torrent | null,
  readMessages: ReadMessagesOfRange,
  work: FileWork,
): readonly ArchiveRepair[] {
  const data = new MendableData(work.files, recorded)
  try {
    const mender = new ArchiveMender({ recorded, torrent, readMessages, data, work })
    const repairs = mender.mend(new Set(damage.archives))
    data.sync()
    return repairs
  } finally {
    data.close()
  }
}

/** The torrent file of the files as they are now; null where that is not the recorded torrent. */
function makeTorrentFile(
  recorded: SoundVersion,
  { trackers, createdAt, publicUrl }: RepairRequest,
  index: Uint8Array,
  work: FileWork,
): Uint8Array | null {
  const { communityId, version, pieceBytes } = recorded
  const dataHashes = hashData(recorded, work)
  if (dataHashes === null) return null
  const pieces = Buffer.concat([dataHashes, pieceHashesOf(index, pieceBytes)])
  const info = { communityId, pieceBytes, dataBytes: version.dataBytes, indexBytes: version.indexBytes, pieces }
  const torrent = createTorrentFile(info, trackers, createdAt, publicUrl)
  return torrent.infoHash === version.infoHash ? torrent.bytes : null
}

function hashData({ archivesDir, communityId, version, pieceBytes }: SoundVersion, work: FileWork): Uint8Array | null {
  const file = openRecorded(work.files, dataPathOf(archivesDir, communityId, version.generation))
  if (file === null) return null
  try {
    const reader = new PieceReader(work.files, { file, lengthBytes: version.dataBytes, pieceBytes })
    const hashes: Uint8Array[] = []
    for (let piece = 0; piece < reader.pieces; piece += 1) {
      work.goOn()
      const bytes = reader.read(piece)
      if (bytes === null) return null
      hashes.push(pieceHashesOf(bytes, pieceBytes))
      work.advance(bytes.length)
    }
    return Buffer.concat(hashes)
  } finally {
    work.files.close(file)
  }
}

/** Without a torrent, the archives' ids vouch for their entries. */
function isRecordedIndex(
  { archives, version, pieceBytes }: SoundVersion,
  index: Uint8Array,
  torrent: Torrent | null,
): boolean {
  if (index.length !== version.indexBytes) return false
  if (torrent === null) return archives.every((archive) => hasOwnId(archive))
  const hashes = torrent.pieces.subarray((version.dataBytes / pieceBytes) * PIECE_HASH_BYTES)
  return Buffer.compare(pieceHashesOf(index, pieceBytes), hashes) === 0
}

function replaceFiles(
  { archivesDir, communityId, version }: SoundVersion,
  contents: ReadonlyMap<VersionFileName, Uint8Array>,
  { files }: FileWork,
): void {
  const folder = versionFolderOf(archivesDir, communityId, version.infoHash)
  if (files.sizeAt(folder) !== null) files.remove(folder)
  for (const name of contents.keys()) {
    const path = join(folder, name)
    if (files.sizeAt(path) === null) files.remove(path)
  }
  replaceVersionFiles(files, folder, contents)
  files.syncFolder(archivesDir) // The folder of the community may be new too.
}
