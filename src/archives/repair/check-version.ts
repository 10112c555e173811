import { createHash } from 'node:crypto'
import type { ArchiveEntry } from '../../domain/archive.ts'
import type { Damage } from '../../domain/damage.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { isPieceOf, PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import { communityFolderOf, dataPathOf, indexPathOf, torrentPathOf, versionFolderOf } from '../archive-paths.ts'
import { DamageFound } from './damage-found.ts'
import type { FileSteps } from '../file-steps.ts'
import { FileWork, fileWorkFailureOf, type FileWorkFailed, type FileWorkSurroundings } from './file-work.ts'
import { PieceReader } from './piece-reader.ts'
import { openRecorded, readRecordedTorrent } from './recorded-files.ts'
import { piecesOf, recordedIndex, requireSound, type RecordedVersion, type SoundVersion } from './recorded-version.ts'
import { removeCommunityStamps, removeVersionStamp } from '../version-stamp.ts'

/** What a check came to. */
export interface CheckedVersion {
  /** How many pieces the torrent has. */
  readonly pieces: number
  /** Null: all files are what was recorded. */
  readonly damage: Damage | null
}

/**
 * Checks the files of a version, as a stream: the torrent file against the info hash in the log, and each piece of
 * `data` and of the index against the torrent.
 *
 * Without its torrent file a version is checked against the log: each archive by its SHA-256 and its zero padding, and
 * all pieces of one that is not right count as bad; the index by the bytes that the log's archives make.
 *
 * Files that are found whole are synced: a repair that broke off may have left them right, and not yet on the disk.
 *
 * What is damaged loses its stamp; where that is `data`, so do all versions of the community, also one that was packed
 * while the check went on.
 *
 * What is missing, cut short, no regular file, or no longer given by the disk is damaged. What `data` holds beyond the
 * version is not looked at. Everything is synchronous, so it belongs on a thread of its own.
 *
 * @returns `FileWorkFailed` where nothing can be said: STOPPED, ACCESS_DENIED, TOO_MANY_OPEN_FILES, or INTERNAL, which
 *   also stands for archives that are not the version's. Never throws.
 */
export function checkVersion(
  recorded: RecordedVersion,
  surroundings: FileWorkSurroundings = {},
): Result<CheckedVersion, FileWorkFailed> {
  try {
    const sound = requireSound(recorded)
    const { dataBytes, indexBytes } = sound.version
    const work = new FileWork(dataBytes + indexBytes, surroundings)
    const torrent = readRecordedTorrent(work.files, sound)
    const found = new DamageFound(torrent === null)
    checkData(sound, torrent, found, work)
    checkIndex(sound, torrent, found, work)
    const damage = found.finish()
    if (damage === null) makeDurable(sound, work.files)
    else removeStamps(sound, damage, work.files)
    return ok({ pieces: Math.ceil((dataBytes + indexBytes) / sound.pieceBytes), damage })
  } catch (error) {
    return err(fileWorkFailureOf(error))
  }
}

function removeStamps(recorded: SoundVersion, { archives }: Damage, files: FileSteps): void {
  removeVersionStamp(files, recorded)
  if (archives.length > 0) removeCommunityStamps(files, recorded)
}

function checkData(recorded: SoundVersion, torrent: Torrent | null, found: DamageFound, work: FileWork): void {
  const { archivesDir, communityId, version, archives, pieceBytes } = recorded
  const file = openRecorded(work.files, dataPathOf(archivesDir, communityId, version.generation))
  try {
    const reader = new PieceReader(work.files, { file, lengthBytes: version.dataBytes, pieceBytes })
    for (const { entry } of archives) {
      const { from, to } = piecesOf(entry, pieceBytes)
      const own = Array.from({ length: to - from }, (_, index) => from + index)
      if (torrent !== null) found.addArchive(entry.id, badPiecesAmong(own, reader, torrent.pieces, work))
      else if (!isAsRecorded(entry, own, reader, work)) found.addArchive(entry.id, own)
    }
  } finally {
    if (file !== null) work.files.close(file)
  }
}

function checkIndex(recorded: SoundVersion, torrent: Torrent | null, found: DamageFound, work: FileWork): void {
  const { archivesDir, communityId, version, archives, pieceBytes } = recorded
  const { dataBytes, indexBytes, infoHash } = version
  const firstPiece = dataBytes / pieceBytes
  const hashes =
    torrent === null
      ? pieceHashesOf(recordedIndex(archives), pieceBytes)
      : torrent.pieces.subarray(firstPiece * PIECE_HASH_BYTES)
  const file = openRecorded(work.files, indexPathOf(archivesDir, communityId, infoHash))
  try {
    const reader = new PieceReader(work.files, { file, lengthBytes: indexBytes, pieceBytes })
    const bad = badPiecesAmong([...Array(reader.pieces).keys()], reader, hashes, work)
    const isWhole = file !== null && bad.length === 0 && work.files.sizeOf(file) === indexBytes
    if (!isWhole) found.addIndex(bad.map((piece) => firstPiece + piece))
  } finally {
    if (file !== null) work.files.close(file)
  }
}

function makeDurable({ archivesDir, communityId, version }: SoundVersion, files: FileSteps): void {
  const { generation, infoHash } = version
  const ofVersion = [indexPathOf, torrentPathOf].map((pathOf) => pathOf(archivesDir, communityId, infoHash))
  for (const path of [dataPathOf(archivesDir, communityId, generation), ...ofVersion]) {
    const file = files.openToRead(path)
    try {
      files.sync(file)
    } finally {
      files.close(file)
    }
  }
  files.syncFolder(versionFolderOf(archivesDir, communityId, infoHash))
  files.syncFolder(communityFolderOf(archivesDir, communityId))
  files.syncFolder(archivesDir)
}

/** @param hashes Those of the reader's file, from its first piece on. */
function badPiecesAmong(
  pieces: readonly number[],
  reader: PieceReader,
  hashes: Uint8Array,
  work: FileWork,
): readonly number[] {
  return pieces.filter((piece) => {
    work.goOn()
    const bytes = reader.read(piece)
    work.advance(reader.bytesOf(piece))
    return bytes === null || !isPieceOf(hashes, piece, bytes)
  })
}

function isAsRecorded(entry: ArchiveEntry, pieces: readonly number[], reader: PieceReader, work: FileWork): boolean {
  const hash = createHash('sha256')
  let leftBytes = entry.rawBytes
  let isWhole = true
  for (const piece of pieces) {
    work.goOn()
    const bytes = reader.read(piece) ?? NO_BYTES
    work.advance(reader.bytesOf(piece))
    const raw = bytes.subarray(0, leftBytes)
    leftBytes -= raw.length
    hash.update(raw)
    isWhole &&= bytes.length > 0 && bytes.subarray(raw.length).every((byte) => byte === 0)
  }
  return isWhole && hash.digest('hex') === entry.sha256
}

const NO_BYTES = new Uint8Array(0)
