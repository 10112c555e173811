import { findBadPieces } from '../../formats/bad-pieces.ts'
import { heldStampOf, isUnchanged, isWholeSecond, noteStampOf } from '../../formats/check-stamp.ts'
import {
  dataPieceCount,
  heldRangesOf,
  isAnyPieceHeld,
  openHeldFile,
  readHeldPieces,
  type HeldPieces,
} from '../../formats/held-pieces.ts'
import { bitfieldOf } from '../../formats/piece-bitfield.ts'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import { piecesIn, rangesOf } from '../../formats/piece-ranges.ts'
import { hashAndStamp, type FoundPieces, type OpenedTorrent } from './hash-and-stamp.ts'
import { readFileStats, readTrustedNote, replaceNoteStamp, type TrustedNote } from './note-stamp.ts'
import { SeedingFailure } from './seeding-failure.ts'

/**
 * Finds out what is here of a torrent whose `data` may have holes, and hashes it but for what is as it was when it was last
 * hashed. A piece that is noted as held and is not the one is struck from the notes.
 *
 * @throws SeedingFailure PIECES_DAMAGED where nothing of it is here; the system error where a file cannot be read or written.
 */
export async function checkHeld(opened: OpenedTorrent, heldPath: string): Promise<FoundPieces> {
  const { torrent, parsed, stats, stamp } = opened
  const trusted = await readTrustedNote(heldPath, stats.data)
  const note = await readHeldPieces(heldPath)
  const noted = new Set(piecesIn(heldRangesOf(note, parsed)))
  const bad = new Set<number>()
  const stampOf = (now: typeof stats): string => heldStampOf(now, parsed.dataBytes)
  if (stamp !== stampOf(stats))
    await hashAndStamp(opened, stampOf, async () => {
      for (const piece of await checkNote(opened, heldPath, note, trusted)) if (noted.has(piece)) bad.add(piece)
      for await (const piece of badIndexPieces(opened)) bad.add(piece)
      return ![...bad].some((piece) => piece >= dataPieceCount(parsed))
    })
  const isIndexWhole = ![...bad].some((piece) => piece >= dataPieceCount(parsed))
  const isHere = (piece: number): boolean =>
    piece < dataPieceCount(parsed) ? noted.has(piece) && !bad.has(piece) : isIndexWhole
  const bitfield = bitfieldOf(parsed.pieces.length / PIECE_HASH_BYTES, isHere)
  if (bitfield.every((byte) => byte === 0))
    throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${torrent.infoHash}: no piece of it is here`)
  return { bitfield, struck: bad.size }
}

/**
 * Hashes what is noted of `data`, as far as this version goes, for whichever version: so that, where all of it is there,
 * none of them has to do it again. What is not there is struck.
 *
 * @returns What was struck.
 */
async function checkNote(
  opened: OpenedTorrent,
  heldPath: string,
  note: HeldPieces,
  { checkedBytes, stamp }: TrustedNote,
): Promise<readonly number[]> {
  const { torrent, parsed, stats, files, onStampFailed } = opened
  const trustedBytes = torrent.check === 'IF_CHANGED' ? checkedBytes : 0
  if (trustedBytes >= parsed.dataBytes) return []
  const bad = await Array.fromAsync(untruePieces(opened, note, trustedBytes))
  if (bad.length > 0) await strike(heldPath, bad) // Then the note is another.
  const { data } = await files.stats()
  const held = await readFileStats(heldPath)
  const isSameNote = Buffer.compare(await readHeldPieces(heldPath), note) === 0
  if (held === null || !isSameNote || !isUnchanged(stats.data, data) || isWholeSecond(data) || isWholeSecond(held))
    return bad
  try {
    replaceNoteStamp(heldPath, stamp, noteStampOf({ data, held }, parsed.dataBytes))
  } catch (error) {
    onStampFailed(error)
  }
  return bad
}

async function* untruePieces(
  { parsed, files }: OpenedTorrent,
  note: HeldPieces,
  trustedBytes: number,
): AsyncGenerator<number> {
  const { pieceBytes } = parsed
  const noted = [...Array(dataPieceCount(parsed)).keys()].filter((piece) => isAnyPieceHeld(note, piece))
  for (const { from, to } of rangesOf(noted.filter((piece) => piece * pieceBytes >= trustedBytes))) {
    const start = from * pieceBytes
    const read = async (offset: number, length: number): Promise<Buffer> => files.readSome(start + offset, length)
    yield* findBadPieces({ pieces: note, pieceBytes }, { firstPiece: from, length: (to - from) * pieceBytes, read })
  }
}

async function* badIndexPieces({ parsed, files }: OpenedTorrent): AsyncGenerator<number> {
  const { dataBytes, indexBytes } = parsed
  const read = async (offset: number, length: number): Promise<Buffer> => files.readSome(dataBytes + offset, length)
  yield* findBadPieces(parsed, { firstPiece: dataPieceCount(parsed), length: indexBytes, read })
}

async function strike(heldPath: string, pieces: Iterable<number>): Promise<void> {
  const held = await openHeldFile(heldPath)
  try {
    await held.write(new Map([...pieces].map((piece) => [piece, null])))
  } finally {
    await held.close()
  }
}
