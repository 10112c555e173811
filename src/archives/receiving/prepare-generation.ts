import { constants } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openHeldFile, pieceHashOf, type HeldFile } from '../../formats/held-pieces.ts'
import { isPieceOf } from '../../formats/piece-hashes.ts'
import { piecesIn } from '../../formats/piece-ranges.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { readUpTo } from '../reading/read-up-to.ts'
import type { ChosenGeneration, PieceCopy } from './choose-generation.ts'

/** How much is copied before it is made durable and noted: what a crash can cost. */
const CHECKPOINT_BYTES = 16_777_216

/**
 * Makes the files of a generation, and copies what others hold into it.
 *
 * Each piece is hashed on the way. One that is damaged is left out: then it is fetched like any that is missing.
 *
 * After a crash the same choice is made again, and what was noted until then is not copied again.
 *
 * @param signal Ends the work between two pieces, by throwing its reason; what was copied stays.
 * @returns How many pieces were copied.
 * @throws The system error when a file cannot be read or written.
 */
export async function prepareGeneration(
  { dataPath, heldPath, copies }: ChosenGeneration,
  torrent: TorrentInfo,
  signal?: AbortSignal,
): Promise<number> {
  const folder = dirname(dataPath)
  if ((await mkdir(folder, { recursive: true })) !== undefined) await syncFolder(dirname(folder))
  const held = await openHeldFile(heldPath)
  try {
    // First of all the note is there for good: a `data` without one would be taken for another role's.
    await syncFolder(folder)
    await using data = await open(dataPath, constants.O_RDWR | constants.O_CREAT)
    await syncFolder(folder)
    let copied = 0
    for (const copy of copies) copied += await copyPieces(copy, { torrent, data, held }, signal)
    return copied
  } finally {
    await held.close()
  }
}

interface CopyTarget {
  readonly torrent: TorrentInfo
  readonly data: FileHandle
  readonly held: HeldFile
}

async function copyPieces({ dataPath, ranges }: PieceCopy, target: CopyTarget, signal?: AbortSignal): Promise<number> {
  const { torrent, data, held } = target
  await using source = await open(dataPath, 'r')
  let copied = 0
  let noted = new Map<number, Uint8Array>()
  const checkpoint = async (): Promise<void> => {
    await data.sync()
    await held.write(noted)
    copied += noted.size
    noted = new Map()
  }
  for (const piece of piecesIn(ranges)) {
    signal?.throwIfAborted()
    const bytes = await readUpTo(source, piece * torrent.pieceBytes, torrent.pieceBytes)
    if (!isPieceOf(torrent.pieces, piece, bytes)) continue
    await writeWhole(data, bytes, piece * torrent.pieceBytes)
    noted.set(piece, pieceHashOf(torrent, piece))
    if (noted.size * torrent.pieceBytes >= CHECKPOINT_BYTES) await checkpoint()
  }
  if (noted.size > 0) await checkpoint()
  return copied
}

async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
