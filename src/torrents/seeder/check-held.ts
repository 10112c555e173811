import { findBadPieces } from '../../formats/bad-pieces.ts'
import { heldStampOf } from '../../formats/check-stamp.ts'
import { dataPieceCount, heldRangesOf, openHeldFile, readHeldPieces } from '../../formats/held-pieces.ts'
import { bitfieldOf } from '../../formats/piece-bitfield.ts'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import { piecesIn, rangesOf } from '../../formats/piece-ranges.ts'
import { hashAndStamp, type FoundPieces, type OpenedTorrent } from './hash-and-stamp.ts'
import { SeedingFailure } from './seeding-failure.ts'

/**
 * Finds out what is here of a torrent whose `data` may have holes, and hashes it but for what is as it was when it was last
 * hashed. A piece that is noted as held and is not the one is struck from the notes.
 *
 * @throws SeedingFailure PIECES_DAMAGED where nothing of it is here; the system error where a file cannot be read or written.
 */
export async function checkHeld(opened: OpenedTorrent, heldPath: string): Promise<FoundPieces> {
  const { torrent, parsed, stats, stamp } = opened
  const noted = new Set(piecesIn(heldRangesOf(await readHeldPieces(heldPath), parsed)))
  const bad = new Set<number>()
  const stampOf = (now: typeof stats): string => heldStampOf(now, parsed.dataBytes)
  if (stamp !== stampOf(stats))
    await hashAndStamp(opened, stampOf, async () => {
      for await (const piece of badDataPieces(opened, noted)) bad.add(piece)
      if (bad.size > 0) await strike(heldPath, bad)
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

async function* badDataPieces({ parsed, files }: OpenedTorrent, noted: Iterable<number>): AsyncGenerator<number> {
  for (const { from, to } of rangesOf(noted)) {
    const start = from * parsed.pieceBytes
    const read = async (offset: number, length: number): Promise<Buffer> => files.readSome(start + offset, length)
    yield* findBadPieces(parsed, { firstPiece: from, length: (to - from) * parsed.pieceBytes, read })
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
