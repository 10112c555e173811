import { open, readFile } from 'node:fs/promises'
import type { PieceRange } from '../domain/damage.ts'
import { PIECE_HASH_BYTES } from './piece-hashes.ts'
import { rangesOf } from './piece-ranges.ts'
import type { TorrentInfo } from './torrent-file.ts'
import { whenMissing } from './when-missing.ts'

/**
 * Which pieces of a `data` with holes are on disk, verified and durable: 20 bytes a piece from the first on, its SHA-1 or
 * zeros. What it does not reach to is not held.
 */
export type HeldPieces = Uint8Array

/** What to note of pieces, by their numbers: the SHA-1 of one that is durable, or null for one that is not held. */
export type HeldChanges = ReadonlyMap<number, Uint8Array | null>

/** A torrent, as far as it says which pieces its `data` consists of. */
export type DataPieces = Pick<TorrentInfo, 'pieces' | 'pieceBytes' | 'dataBytes'>

/** How many of a torrent's pieces are of `data`, which come first. */
export function dataPieceCount({ dataBytes, pieceBytes }: DataPieces): number {
  return dataBytes / pieceBytes
}

/** The SHA-1 that a torrent names for a piece. */
export function pieceHashOf({ pieces }: Pick<TorrentInfo, 'pieces'>, piece: number): Uint8Array {
  return pieces.subarray(piece * PIECE_HASH_BYTES, (piece + 1) * PIECE_HASH_BYTES)
}

/** Whether this piece of the torrent's `data` is held: the very one, and not another version's. */
export function isPieceHeld(held: HeldPieces, torrent: DataPieces, piece: number): boolean {
  if (piece < 0 || piece >= dataPieceCount(torrent)) return false
  return Buffer.compare(pieceHashOf({ pieces: held }, piece), pieceHashOf(torrent, piece)) === 0
}

/** Whether the piece of another version is held in the place of this one: writing this one would take it from that. */
export function isOtherPieceHeld(held: HeldPieces, torrent: DataPieces, piece: number): boolean {
  if (piece < 0 || piece >= dataPieceCount(torrent) || isPieceHeld(held, torrent, piece)) return false
  return isAnyPieceHeld(held, piece)
}

/** How many pieces long `data` has to be for the note to be true. */
export function notedPieces(held: HeldPieces): number {
  let bytes = held.length
  while (bytes > 0 && held[bytes - 1] === 0) bytes -= 1
  return Math.ceil(bytes / PIECE_HASH_BYTES)
}

/** Whether anything is noted of this piece, of whichever version. */
export function isAnyPieceHeld(held: HeldPieces, piece: number): boolean {
  return pieceHashOf({ pieces: held }, piece).some((byte) => byte !== 0)
}

/** The pieces of the torrent's `data` that are held, rising, adjacent ones in one range. */
export function heldRangesOf(held: HeldPieces, torrent: DataPieces): readonly PieceRange[] {
  return rangesOf([...Array(dataPieceCount(torrent)).keys()].filter((piece) => isPieceHeld(held, torrent, piece)))
}

/**
 * Reads the file.
 *
 * @returns Nothing held where there is no file.
 * @throws The system error when it cannot be read.
 */
export async function readHeldPieces(path: string): Promise<HeldPieces> {
  return readFile(path).catch(whenMissing(new Uint8Array()))
}

/** The file, open to note changes down. Several may have it open, as long as they note different pieces. */
export interface HeldFile {
  /**
   * Notes changes down in place, and makes them durable. Pieces have to be durable in `data` before.
   *
   * A power cut may leave an entry half written: it is no hash of anything then, so that the piece is not held.
   *
   * @throws The system error.
   */
  write(changes: HeldChanges): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the file, and creates it where it is missing.
 *
 * @throws The system error.
 */
export async function openHeldFile(path: string): Promise<HeldFile> {
  const file = await open(path, 'a')
    .then(async (created) => created.close())
    .then(async () => open(path, 'r+'))
  return {
    async write(changes) {
      for (const [from, entries] of runsOf(changes))
        for (let written = 0; written < entries.length;) {
          const left = entries.subarray(written)
          written += (await file.write(left, 0, left.length, from * PIECE_HASH_BYTES + written)).bytesWritten
        }
      await file.sync()
    },
    close: async () => file.close(),
  }
}

const NOT_HELD = new Uint8Array(PIECE_HASH_BYTES)

/** The entries of adjacent pieces, each run with its first piece. */
function runsOf(changes: HeldChanges): readonly (readonly [from: number, entries: Buffer])[] {
  const runs: { readonly from: number; readonly entries: Uint8Array[] }[] = []
  for (const [piece, hash] of [...changes].sort(([one], [other]) => one - other)) {
    const last = runs.at(-1)
    const entry = hash ?? NOT_HELD
    if (last !== undefined && last.from + last.entries.length === piece) last.entries.push(entry)
    else runs.push({ from: piece, entries: [entry] })
  }
  return runs.map(({ from, entries }) => [from, Buffer.concat(entries)])
}
