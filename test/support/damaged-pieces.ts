import { readFileSync } from 'node:fs'
import { findBadPieces } from '../../src/formats/bad-pieces.ts'
import type { Torrent } from '../../src/formats/torrent-parser.ts'

/** Where the files of a version are. `data` may go on behind it. */
interface VersionPaths {
  readonly dataPath: string
  readonly indexPath: string
}

/** The pieces of a version that are not what its torrent promises, by their numbers. */
export async function damagedPieces(
  torrent: Torrent,
  { dataPath, indexPath }: VersionPaths,
): Promise<readonly number[]> {
  const { dataBytes, indexBytes } = torrent
  const bytes = Buffer.concat([readFileSync(dataPath).subarray(0, dataBytes), readFileSync(indexPath)])
  const read = async (offset: number, length: number): Promise<Uint8Array> => bytes.subarray(offset, offset + length)
  return Array.fromAsync(findBadPieces(torrent, { firstPiece: 0, length: dataBytes + indexBytes, read }))
}
