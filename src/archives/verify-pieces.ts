import { open, type FileHandle } from 'node:fs/promises'
import { PIECE_HASH_BYTES, pieceHashesOf } from './piece-hashes.ts'
import type { Torrent } from './torrent-parser.ts'

/** Where the two files of a torrent are. `data` may be longer than the torrent's own. */
export interface TorrentFilePaths {
  readonly dataPath: string
  readonly indexPath: string
}

/** About how much is read and hashed at once, between which other work gets its turn. */
const READ_BYTES = 1_048_576

/**
 * Checks the files of a torrent against its piece hashes, as a stream.
 *
 * @param fromPiece The first piece to check; those before it are taken as good.
 * @returns The numbers of the bad pieces, rising: none when all is well. A piece that a file is too
 *   short for is bad.
 * @throws What node:fs throws when a file cannot be opened or read.
 */
export async function verifyPieces(
  torrent: Torrent,
  { dataPath, indexPath }: TorrentFilePaths,
  fromPiece = 0,
): Promise<readonly number[]> {
  const dataPieces = torrent.dataBytes / torrent.pieceBytes
  const inData = await withFile(dataPath, (file) => badPiecesOf(torrent, file, 0, torrent.dataBytes, fromPiece))
  const inIndex = await withFile(indexPath, (file) =>
    badPiecesOf(torrent, file, dataPieces, torrent.indexBytes, Math.max(0, fromPiece - dataPieces)),
  )
  return [...inData, ...inIndex]
}

/** The bad pieces of one file, whose first piece is the torrent's piece `firstPiece`. */
async function badPiecesOf(
  { pieces, pieceBytes }: Torrent,
  file: FileHandle,
  firstPiece: number,
  fileBytes: number,
  fromPiece: number,
): Promise<readonly number[]> {
  const buffer = Buffer.alloc(pieceBytes * Math.max(1, Math.round(READ_BYTES / pieceBytes)))
  const bad: number[] = []
  for (let start = fromPiece * pieceBytes; start < fileBytes; start += buffer.length) {
    const wanted = buffer.subarray(0, Math.min(buffer.length, fileBytes - start))
    const found = await fill(file, wanted, start)
    const hashes = pieceHashesOf(wanted, pieceBytes)
    for (let at = 0; at < hashes.length; at += PIECE_HASH_BYTES) {
      const piece = firstPiece + start / pieceBytes + at / PIECE_HASH_BYTES
      const pieceEnd = Math.min((at / PIECE_HASH_BYTES + 1) * pieceBytes, wanted.length)
      if (pieceEnd > found || !isHashOf(pieces, piece, hashes.subarray(at, at + PIECE_HASH_BYTES))) bad.push(piece)
    }
  }
  return bad
}

function isHashOf(pieces: Uint8Array, piece: number, found: Uint8Array): boolean {
  const start = piece * PIECE_HASH_BYTES
  return Buffer.compare(pieces.subarray(start, start + PIECE_HASH_BYTES), found) === 0
}

/** Reads until `bytes` are full or the file ends; how many bytes there were. */
async function fill(file: FileHandle, bytes: Buffer, position: number): Promise<number> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

async function withFile<Value>(path: string, use: (file: FileHandle) => Promise<Value>): Promise<Value> {
  const file = await open(path, 'r')
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
