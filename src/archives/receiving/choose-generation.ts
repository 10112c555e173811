import { readdir, stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { PieceRange } from '../../domain/damage.ts'
import {
  dataPieceCount,
  isAnyPieceHeld,
  isPieceHeld,
  notedPieces,
  readHeldPieces,
  type HeldPieces,
} from '../../formats/held-pieces.ts'
import { pieceCountOf, rangesOf } from '../../formats/piece-ranges.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import { communityFolderOf, dataPathOf, heldPathOf } from '../archive-paths.ts'

/** How many pieces are compared before other work has its turn: a few milliseconds. */
const PIECES_A_TURN = 4_096

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
 * It yields to other work every few milliseconds: there may be hundreds of thousands of pieces.
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
  // One after the other, so that other work has its turn between them.
  const read = await Array.fromAsync(generations, async (each) => readCandidate(archivesDir, torrent, each))
  const candidates = read.filter((each) => each !== null).toSorted(byAgreement)
  const isOpen = ({ generation, isInConflict }: Candidate): boolean => generation >= lowest && !isInConflict
  const chosen = candidates.find(isOpen) ?? {
    generation: Math.max(lowest - 1, 0, ...generations) + 1,
    held: new Uint8Array(),
    agreeing: 0,
  }
  const planned = await planCopies(chosen, candidates, torrent)
  const copies = planned.map(({ generation, ranges }) => {
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
  return { generation, held, ...(await comparePieces(held, torrent)) }
}

async function comparePieces(
  held: HeldPieces,
  torrent: TorrentInfo,
): Promise<Pick<Candidate, 'agreeing' | 'isInConflict'>> {
  let agreeing = 0
  let isInConflict = false
  for await (const { from, to } of stretchesOf(torrent)) {
    for (let piece = from; piece < to; piece += 1) {
      if (isPieceHeld(held, torrent, piece)) agreeing += 1
      else isInConflict ||= isAnyPieceHeld(held, piece)
    }
  }
  return { agreeing, isInConflict }
}

/** The newest first among equals: it is the one that a download began before it broke off. */
function byAgreement(one: Candidate, other: Candidate): number {
  return other.agreeing - one.agreeing || other.generation - one.generation
}

/** Has each piece that the chosen one lacks copied from the first of the others that holds it. */
async function planCopies(
  chosen: Pick<Candidate, 'generation' | 'held'>,
  candidates: readonly Candidate[],
  torrent: TorrentInfo,
): Promise<readonly { readonly generation: number; readonly ranges: readonly PieceRange[] }[]> {
  const others = candidates
    .filter(({ generation, agreeing }) => generation !== chosen.generation && agreeing > 0)
    .map(({ generation, held }) => ({ generation, held, pieces: [] as number[] }))
  for await (const { from, to } of stretchesOf(torrent)) {
    for (let piece = from; piece < to; piece += 1) {
      if (isPieceHeld(chosen.held, torrent, piece)) continue
      others.find(({ held }) => isPieceHeld(held, torrent, piece))?.pieces.push(piece)
    }
  }
  return others
    .filter(({ pieces }) => pieces.length > 0)
    .map(({ generation, pieces }) => ({ generation, ranges: rangesOf(pieces) }))
}

/** All pieces of the torrent's `data`, some at a time; other work has its turn in between. */
async function* stretchesOf(torrent: TorrentInfo): AsyncGenerator<PieceRange, void, undefined> {
  const end = dataPieceCount(torrent)
  for (let from = 0; from < end; from += PIECES_A_TURN) {
    if (from > 0) await setImmediate()
    yield { from, to: Math.min(from + PIECES_A_TURN, end) }
  }
}

/** The size of a regular file; null where there is none. */
async function sizeAt(path: string): Promise<number | null> {
  const stats = await stat(path).catch(whenMissing(null))
  return stats?.isFile() === true ? stats.size : null
}
