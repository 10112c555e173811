import { dirname } from 'node:path'
import { pieceHashOf, type HeldPieces } from '../../formats/held-pieces.ts'
import { PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { readSmallFile, writeAllAt, type FileSteps } from '../file-steps.ts'
import { readUnlessDamaged } from './recorded-files.ts'

/** What there is to say of a piece on the disk. */
export interface JudgedPiece {
  /** Whether it is the torrent's; ANOTHERS: a piece of another version is held in its place. */
  readonly state: 'GOOD' | 'BAD' | 'ANOTHERS'
  /** What to note instead of what is noted: null to strike it, undefined where the note is right. */
  readonly note: Uint8Array | null | undefined
}

const NOT_HELD = new Uint8Array(PIECE_HASH_BYTES)

/** What is noted of a piece; zeros where nothing is. */
export function noteOf(held: HeldPieces, piece: number): Uint8Array {
  const note = pieceHashOf({ pieces: held }, piece)
  return note.length === PIECE_HASH_BYTES ? note : NOT_HELD
}

/** Whether a note says that a piece is held, of whichever version. */
export function isNoted(note: Uint8Array): boolean {
  return Buffer.compare(note, NOT_HELD) !== 0
}

/**
 * Compares a piece with what is noted of it and with the torrent.
 *
 * @param torrent Null where there is none: then the note alone tells a good piece.
 * @param bytes Null where `data` ends before, or the disk does not give it.
 */
export function judgePiece(
  note: Uint8Array,
  torrent: Pick<TorrentInfo, 'pieces' | 'pieceBytes'> | null,
  piece: number,
  bytes: Uint8Array | null,
): JudgedPiece {
  const hash = bytes === null ? null : pieceHashesOf(bytes, bytes.length)
  const is = (other: Uint8Array): boolean => hash !== null && Buffer.compare(hash, other) === 0
  const right = torrent === null ? note : pieceHashOf(torrent, piece)
  if (isNoted(right) && is(right)) return { state: 'GOOD', note: is(note) ? undefined : right }
  if (!isNoted(note)) return { state: 'BAD', note: undefined }
  return is(note) ? { state: 'ANOTHERS', note: undefined } : { state: 'BAD', note: null }
}

/** Reads which pieces are held: none where the note is missing, or cannot be read any more. */
export function readHeldNote(files: FileSteps, path: string): HeldPieces {
  const read = (): Uint8Array | null => (files.sizeAt(path) === null ? null : readSmallFile(files, path, Infinity))
  return readUnlessDamaged(read) ?? new Uint8Array()
}

/** Notes down in place what is held, or is not any more, and makes it durable. Throws what node:fs throws. */
export function changeHeldNote(files: FileSteps, path: string, changes: ReadonlyMap<number, Uint8Array | null>): void {
  const isNew = files.sizeAt(path) === null
  const file = files.openToMend(path)
  try {
    for (const [piece, note] of changes) writeAllAt(files, file, note ?? NOT_HELD, piece * PIECE_HASH_BYTES)
    files.sync(file)
  } finally {
    files.close(file)
  }
  if (isNew) files.syncFolder(dirname(path))
}
