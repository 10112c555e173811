import type { ArchiveId } from '../../domain/archive.ts'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import type { PieceOutput } from '../packing/data-writer.ts'
import type { FileWork } from './file-work.ts'
import type { MendableData } from './mendable-data.ts'
import { PieceMender } from './piece-mender.ts'
import { RebuiltArchive } from './rebuilt-archive.ts'
import { chunksByRange, messagesOf, type Chunks, type ReadMessagesOfRange } from './recorded-messages.ts'
import { piecesOf, sizeOf, type RecordedArchive, type SoundVersion } from './recorded-version.ts'

/** What became of a damaged archive. */
export interface ArchiveRepair {
  readonly id: ArchiveId
  /** MESSAGES_MISSING: the messages that are there do not give the bytes that were recorded. */
  readonly outcome: 'REPAIRED' | 'MESSAGES_MISSING'
  /** How many pieces were written: those that had other bytes. */
  readonly writtenPieces: number
}

export interface ArchiveMenderParts {
  readonly recorded: SoundVersion
  /** Null where it is damaged too. */
  readonly torrent: Torrent | null
  readonly readMessages: ReadMessagesOfRange
  readonly data: MendableData
  readonly work: FileWork
}

/** An archive whose bytes come out of the messages as they were recorded. */
interface Known {
  /** Which message of the range it begins with, counted from 0. */
  readonly start: number
  /** The SHA-1 of each of its pieces. */
  readonly hashes: Uint8Array
}

/** Takes what is only hashed. */
const NOWHERE: PieceOutput = { write: (_file, pieces) => pieces.length }
const NO_FILE = -1

/**
 * Makes damaged archives again from recorded messages.
 *
 * In two passes over the messages of a range: one that only hashes, and tells which archives come out as recorded; and
 * one that writes these. So no archive has to be held in memory, and nothing is written that is not right.
 */
export class ArchiveMender {
  readonly #parts: ArchiveMenderParts

  constructor(parts: ArchiveMenderParts) {
    this.#parts = parts
  }

  /** Mends the archives with these ids. */
  mend(damaged: ReadonlySet<ArchiveId>): readonly ArchiveRepair[] {
    return chunksByRange(this.#parts.recorded.archives).flatMap((chunks) => {
      const wanted = chunks.filter(({ entry }) => damaged.has(entry.id))
      return wanted.length === 0 ? [] : this.#mendRange(chunks, wanted)
    })
  }

  #mendRange(chunks: Chunks, wanted: Chunks): readonly ArchiveRepair[] {
    const menders = this.#write(chunks, this.#findKnown(chunks, wanted))
    return wanted.map((archive) => {
      const mender = menders.get(archive)
      this.#parts.work.advance(sizeOf(archive.entry))
      const outcome = mender?.isWhole === true ? 'REPAIRED' : 'MESSAGES_MISSING'
      return { id: archive.entry.id, outcome, writtenPieces: mender?.writtenPieces ?? 0 }
    })
  }

  /** Where messages of a chunk are missing, the chunks after it are found by counting from the end. */
  #findKnown(chunks: Chunks, wanted: Chunks): ReadonlyMap<RecordedArchive, Known> {
    const known = new Map<RecordedArchive, Known>()
    const search = (shift: number): number =>
      this.#encode(
        chunks,
        new Map([...startsOf(chunks, shift)].filter(([, chunk]) => wanted.includes(chunk) && !known.has(chunk))),
        (archive) => new RebuiltArchive(archive, NOWHERE, NO_FILE, this.#pieceBytes),
        (rebuilt, start) => {
          const hashes = rebuilt.finish()
          if (hashes !== null && this.#areOfTorrent(rebuilt.recorded, hashes)) {
            known.set(rebuilt.recorded, { start, hashes })
          }
          return known.size < wanted.length
        },
      )
    const foundMessages = search(0)
    const surplus = foundMessages - chunks.reduce((sum, { entry }) => sum + entry.messages, 0)
    if (known.size < wanted.length && surplus !== 0) search(surplus)
    return known
  }

  #write(chunks: Chunks, known: ReadonlyMap<RecordedArchive, Known>): ReadonlyMap<RecordedArchive, PieceMender> {
    const menders = new Map<RecordedArchive, PieceMender>()
    if (known.size === 0) return menders
    const { work, data } = this.#parts
    const byStart = new Map([...known].map(([archive, { start }]) => [start, archive]))
    let left = known.size
    this.#encode(
      chunks,
      byStart,
      (archive) => {
        const hashes = known.get(archive)?.hashes ?? new Uint8Array(0)
        const mender = new PieceMender(work.files, data.file, archive, hashes, this.#pieceBytes)
        menders.set(archive, mender)
        return new RebuiltArchive(archive, mender, data.file, this.#pieceBytes)
      },
      (rebuilt) => {
        rebuilt.finish()
        left -= 1
        return left > 0
      },
    )
    return menders
  }

  /**
   * Reads the messages of a range, and encodes those archives that have a start among them.
   *
   * @param ended Gets each archive that got as many messages as it had, and says whether to read on.
   * @returns How many messages there are, if all were read.
   */
  #encode(
    [first]: Chunks,
    byStart: ReadonlyMap<number, RecordedArchive>,
    begin: (archive: RecordedArchive) => RebuiltArchive,
    ended: (rebuilt: RebuiltArchive, start: number) => boolean,
  ): number {
    let count = 0
    let growing: { readonly rebuilt: RebuiltArchive; readonly start: number } | null = null
    for (const message of first === undefined ? [] : this.#parts.readMessages(messagesOf(first))) {
      this.#parts.work.goOn()
      const starting = byStart.get(count)
      if (growing === null && starting !== undefined) growing = { rebuilt: begin(starting), start: count }
      growing?.rebuilt.add(message)
      if (growing?.rebuilt.isComplete === true) {
        if (!ended(growing.rebuilt, growing.start)) break
        growing = null
      }
      count += 1
    }
    return count
  }

  get #pieceBytes(): number {
    return this.#parts.recorded.pieceBytes
  }

  #areOfTorrent({ entry }: RecordedArchive, hashes: Uint8Array): boolean {
    const { torrent } = this.#parts
    if (torrent === null) return true
    const { from, to } = piecesOf(entry, this.#pieceBytes)
    return Buffer.compare(torrent.pieces.subarray(from * PIECE_HASH_BYTES, to * PIECE_HASH_BYTES), hashes) === 0
  }
}

/** The chunks by the message of the range that each begins with, if all are there; shifted where some are not. */
function startsOf(chunks: Chunks, shift: number): ReadonlyMap<number, RecordedArchive> {
  const starts = new Map<number, RecordedArchive>()
  let start = shift
  for (const chunk of chunks) {
    starts.set(start, chunk)
    start += chunk.entry.messages
  }
  return starts
}
