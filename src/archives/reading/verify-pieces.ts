import { open } from 'node:fs/promises'
import { findBadPieces } from '../../formats/bad-pieces.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import { readUpTo } from './read-up-to.ts'

/** Where the two files of a torrent are. `data` may be longer than the torrent's own. */
export interface TorrentFilePaths {
  readonly dataPath: string
  readonly indexPath: string
}

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
  const { dataBytes, indexBytes, pieceBytes } = torrent
  const dataPieces = dataBytes / pieceBytes
  const inData = await badPiecesIn(torrent, dataPath, { firstPiece: 0, length: dataBytes }, fromPiece)
  const index = { firstPiece: dataPieces, length: indexBytes }
  const inIndex = await badPiecesIn(torrent, indexPath, index, Math.max(0, fromPiece - dataPieces))
  return [...inData, ...inIndex]
}

async function badPiecesIn(
  torrent: Torrent,
  path: string,
  stretch: { readonly firstPiece: number; readonly length: number },
  fromPiece: number,
): Promise<readonly number[]> {
  await using file = await open(path, 'r')
  const read = (offset: number, length: number): Promise<Uint8Array> => readUpTo(file, offset, length)
  return await Array.fromAsync(findBadPieces(torrent, { ...stretch, read }, fromPiece))
}
