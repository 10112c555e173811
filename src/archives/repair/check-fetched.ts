import { PIECE_BYTES, type ArchiveId } from '../../domain/archive.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { isPieceOf, PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import { piecesIn } from '../../formats/piece-ranges.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import { decodeIndex } from '../archive-index.ts'
import { dataPathOf, heldPathOf, indexPathOf, torrentPathOf, versionFolderOf } from '../archive-paths.ts'
import { readSmallFile, type FileSteps } from '../file-steps.ts'
import { removeVersionStamp } from '../version-stamp.ts'
import type { CheckedVersion } from './check-version.ts'
import { DamageFound } from './damage-found.ts'
import type { FetchedVersion } from './fetched-version.ts'
import { FileWork, fileWorkFailureOf, type FileWorkFailed, type FileWorkSurroundings } from './file-work.ts'
import { changeHeldNote, isNoted, judgePiece, noteOf, readHeldNote } from './held-note.ts'
import { PieceReader } from './piece-reader.ts'
import { openRecorded, readRecordedTorrent, readUnlessDamaged } from './recorded-files.ts'
import { piecesOf } from './recorded-version.ts'

type SizedVersion = FetchedVersion & { readonly pieceBytes: number }

/**
 * Checks the files of a version that was fetched, as a stream: the torrent file against the info hash in the log, each piece
 * that is noted as held or recorded as here, and the index against the torrent.
 *
 * What is noted and is not there is struck from the note, so that it is neither served nor counted on; what is there and was
 * not noted, as where the note was lost, is noted. What is in the way and no file is removed. Without its torrent file the
 * note alone tells a good piece, and nothing can be said about the index but whether it is there.
 *
 * Everything is synchronous, so it belongs on a thread of its own.
 *
 * @returns The archives that should be here and are not all; a bad piece of no such archive is struck and no damage.
 *   `FileWorkFailed` where nothing can be said. Never throws.
 */
export function checkFetched(
  fetched: FetchedVersion,
  surroundings: FileWorkSurroundings = {},
): Result<CheckedVersion, FileWorkFailed> {
  try {
    const sized = { pieceBytes: PIECE_BYTES, ...fetched }
    const { dataBytes, indexBytes } = sized.version
    const work = new FileWork(dataBytes + indexBytes, surroundings)
    removeObstacles(sized, work.files)
    const torrent = readRecordedTorrent(work.files, sized)
    const badOfIndex = checkIndex(sized, torrent, work)
    const named = torrent !== null && badOfIndex.length === 0 ? namedArchives(sized, work.files) : null
    const found = new DamageFound(torrent === null)
    checkData(sized, torrent, named, found, work)
    if (badOfIndex.length > 0) found.addIndex(badOfIndex)
    const damage = found.finish()
    if (damage !== null) removeVersionStamp(work.files, sized)
    return ok({ pieces: Math.ceil((dataBytes + indexBytes) / sized.pieceBytes), damage })
  } catch (error) {
    return err(fileWorkFailureOf(error))
  }
}

/** What is fetched again has to have its place. */
function removeObstacles({ archivesDir, communityId, version }: SizedVersion, files: FileSteps): void {
  const { generation, infoHash } = version
  const isFile = (path: string): boolean => readUnlessDamaged(() => files.sizeAt(path)) !== null
  const folder = versionFolderOf(archivesDir, communityId, infoHash)
  if (isFile(folder)) files.remove(folder)
  const ofGeneration = [dataPathOf, heldPathOf].map((pathOf) => pathOf(archivesDir, communityId, generation))
  const ofVersion = [indexPathOf, torrentPathOf].map((pathOf) => pathOf(archivesDir, communityId, infoHash))
  for (const path of [...ofGeneration, ...ofVersion]) if (!isFile(path)) files.remove(path)
}

/** The bad pieces of the index by their numbers in the torrent. What is too long is cut. */
function checkIndex(fetched: SizedVersion, torrent: Torrent | null, work: FileWork): readonly number[] {
  const { archivesDir, communityId, version, pieceBytes } = fetched
  const { infoHash, dataBytes, indexBytes } = version
  const { files } = work
  const path = indexPathOf(archivesDir, communityId, infoHash)
  const firstPiece = dataBytes / pieceBytes
  const foundBytes = files.sizeAt(path) ?? 0
  if (foundBytes > indexBytes) cutTo(files, path, indexBytes)
  const file = openRecorded(files, path)
  try {
    const reader = new PieceReader(files, { file, lengthBytes: indexBytes, pieceBytes })
    const pieces = [...Array(reader.pieces).keys()]
    if (torrent === null) return foundBytes < indexBytes ? pieces.map((piece) => firstPiece + piece) : []
    const hashes = torrent.pieces.subarray(firstPiece * PIECE_HASH_BYTES)
    const bad = pieces.filter((piece) => {
      work.goOn()
      const bytes = reader.read(piece)
      work.advance(reader.bytesOf(piece))
      return bytes === null || !isPieceOf(hashes, piece, bytes)
    })
    return bad.map((piece) => firstPiece + piece)
  } finally {
    if (file !== null) files.close(file)
  }
}

function cutTo(files: FileSteps, path: string, bytes: number): void {
  const file = files.openToMend(path)
  try {
    files.cut(file, bytes)
    files.sync(file)
  } finally {
    files.close(file)
  }
}

/** The archives that an index names which was found to be the torrent's; null where it is encrypted, say. */
function namedArchives(
  { archivesDir, communityId, version }: SizedVersion,
  files: FileSteps,
): ReadonlySet<ArchiveId> | null {
  const bytes = readSmallFile(files, indexPathOf(archivesDir, communityId, version.infoHash), version.indexBytes)
  const entries = bytes === null ? null : decodeIndex(bytes, version.dataBytes)
  return entries?.ok === true ? new Set(entries.value.map(({ id }) => id)) : null
}

function checkData(
  fetched: SizedVersion,
  torrent: Torrent | null,
  named: ReadonlySet<ArchiveId> | null,
  found: DamageFound,
  work: FileWork,
): void {
  const { version, archives, pieceBytes } = fetched
  const here = archives
    .map(({ entry }) => ({ id: entry.id, pieces: piecesOf(entry, pieceBytes) }))
    .filter(({ id, pieces }) => pieces.to * pieceBytes <= version.dataBytes && named?.has(id) !== false)
  const bad = checkPieces(fetched, torrent, new Set(piecesIn(here.map(({ pieces }) => pieces))), work)
  for (const { id, pieces } of here)
    found.addArchive(
      id,
      [...piecesIn([pieces])].filter((piece) => bad.has(piece)),
    )
}

/** @returns Those of the expected pieces that are not here. The note says the truth by then. */
function checkPieces(
  { archivesDir, communityId, version, pieceBytes }: SizedVersion,
  torrent: Torrent | null,
  expected: ReadonlySet<number>,
  work: FileWork,
): ReadonlySet<number> {
  const { files } = work
  const heldPath = heldPathOf(archivesDir, communityId, version.generation)
  const held = readHeldNote(files, heldPath)
  const bad = new Set<number>()
  const changes = new Map<number, Uint8Array | null>()
  const file = openRecorded(files, dataPathOf(archivesDir, communityId, version.generation))
  try {
    const reader = new PieceReader(files, { file, lengthBytes: version.dataBytes, pieceBytes })
    for (let piece = 0; piece < reader.pieces; piece += 1) {
      work.goOn()
      const note = noteOf(held, piece)
      const isAsked = expected.has(piece) || isNoted(note)
      const { state, note: change } = judgePiece(note, torrent, piece, isAsked ? reader.read(piece) : null)
      if (state === 'BAD' && expected.has(piece)) bad.add(piece)
      if (change !== undefined) changes.set(piece, change)
      work.advance(reader.bytesOf(piece))
    }
    // What is noted has to be durable before.
    if (file !== null && changes.size > 0) files.sync(file)
  } finally {
    if (file !== null) files.close(file)
  }
  if (changes.size > 0) changeHeldNote(files, heldPath, changes)
  return bad
}
