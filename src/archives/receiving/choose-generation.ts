import { readdir, stat } from 'node:fs/promises'
import type { PieceRange } from '../../domain/damage.ts'
import {
  conflictingRangesOf,
  dataPieceCount,
  heldRangesOf,
  isPieceHeld,
  notedPieces,
  readHeldPieces,
  type HeldPieces,
} from '../../formats/held-pieces.ts'
import { pieceCountOf, piecesIn, rangesOf } from '../../formats/piece-ranges.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import { communityFolderOf, dataPathOf, heldPathOf } from '../archive-paths.ts'

/** Where the pieces of a torrent go, and which are here already. */
export interface ChosenGeneration {
  readonly generation: number
  readonly dataPath: string
  readonly heldPath: string
  /** How many of the torrent's pieces are held there. */
  readonly heldPieces: number
  /** Those that it lacks and others hold. Each piece is in one of them at most. */
  readonly copies: readonly PieceCopy[]
  readonly copiedPieces: number
}

/** Pieces that are in the `data` of another generation, at the same place. */
export interface PieceCopy {
  readonly dataPath: string
  readonly ranges: readonly PieceRange[]
}

/** A generation whose pieces a member noted down. */
interface Candidate {
  readonly generation: number
  readonly held: HeldPieces
  /** How many pieces of the torrent it holds. */
  readonly agreeing: number
  /** Whether it holds another piece at the place of one of the torrent's. */
  readonly isInConflict: boolean
}

/**
 * Chooses the generation of `data` that the pieces of a torrent go to: of those that hold nothing else in their place,
 * the one that holds most of them; a new one where there is none.
 *
 * It asks the files alone, so that it says the same after a crash, and after a download that was given up. A `data`
 * without a note of what is held was packed here: another role's, and neither read nor written. One that is shorter
 * than its note says is damaged, and left alone too.
 *
 * @param lowest Older ones are closed: their pieces are copied, and nothing more is written there.
 * @throws The system error when a file cannot be read.
 */
export async function chooseGeneration(
  archivesDir: string,
  torrent: TorrentInfo,
  lowest = 1,
): Promise<ChosenGeneration> {
  const { communityId } = torrent
  const generations = await generationsIn(communityFolderOf(archivesDir, communityId))
  const read = await Promise.all(generations.map(async (each) => readCandidate(archivesDir, torrent, each)))
  const candidates = read.filter((each) => each !== null).toSorted(byAgreement)
  const isOpen = ({ generation, isInConflict }: Candidate): boolean => generation >= lowest && !isInConflict
  const chosen = candidates.find(isOpen) ?? {
    generation: Math.max(lowest - 1, 0, ...generations) + 1,
    held: new Uint8Array(),
    agreeing: 0,
  }
  const copies = planCopies(chosen, candidates, torrent).map(({ generation, ranges }) => {
    return { dataPath: dataPathOf(archivesDir, communityId, generation), ranges }
  })
  return {
    generation: chosen.generation,
    dataPath: dataPathOf(archivesDir, communityId, chosen.generation),
    heldPath: heldPathOf(archivesDir, communityId, chosen.generation),
    heldPieces: chosen.agreeing,
    copies,
    copiedPieces: copies.reduce((sum, { ranges }) => sum + pieceCountOf(ranges), 0),
  }
}

/** Every number that a `data` or a note has, once. */
async function generationsIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(whenMissing([]))
  const numbers = names.map((name) => Number(/^(?:data|held)\.([1-9]\d{0,14})$/.exec(name)?.[1] ?? 0))
  return [...new Set(numbers)].filter((generation) => generation > 0)
}

async function readCandidate(archivesDir: string, torrent: TorrentInfo, generation: number): Promise<Candidate | null> {
  const heldPath = heldPathOf(archivesDir, torrent.communityId, generation)
  if ((await sizeAt(heldPath)) === null) return null
  const held = await readHeldPieces(heldPath)
  const dataBytes = (await sizeAt(dataPathOf(archivesDir, torrent.communityId, generation))) ?? 0
  if (notedPieces(held) * torrent.pieceBytes > dataBytes) return null
  const agreeing = pieceCountOf(heldRangesOf(held, torrent))
  return { generation, held, agreeing, isInConflict: conflictingRangesOf(held, torrent).length > 0 }
}

/** The newest first among equals: it is the one that a download began before it broke off. */
function byAgreement(one: Candidate, other: Candidate): number {
  return other.agreeing - one.agreeing || other.generation - one.generation
}

function planCopies(
  chosen: Pick<Candidate, 'generation' | 'held'>,
  candidates: readonly Candidate[],
  torrent: TorrentInfo,
): readonly { readonly generation: number; readonly ranges: readonly PieceRange[] }[] {
  const isPlanned = Array.from({ length: dataPieceCount(torrent) }, (_, piece) =>
    isPieceHeld(chosen.held, torrent, piece),
  )
  const others = candidates.filter(({ generation, agreeing }) => generation !== chosen.generation && agreeing > 0)
  return others
    .map(({ generation, held }) => ({ generation, ranges: takeUnplanned(heldRangesOf(held, torrent), isPlanned) }))
    .filter(({ ranges }) => ranges.length > 0)
}

/** Marks these pieces as planned. @returns Those that were not. */
function takeUnplanned(ranges: readonly PieceRange[], isPlanned: boolean[]): readonly PieceRange[] {
  const taken = [...piecesIn(ranges)].filter((piece) => isPlanned[piece] === false)
  for (const piece of taken) isPlanned[piece] = true
  return rangesOf(taken)
}

/** The size of a regular file; null where there is none. */
async function sizeAt(path: string): Promise<number | null> {
  const stats = await stat(path).catch(whenMissing(null))
  return stats?.isFile() === true ? stats.size : null
}
