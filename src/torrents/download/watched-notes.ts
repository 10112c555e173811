import { isUnchanged, isWholeSecond, noteStampOf, type FileStats } from '../../formats/check-stamp.ts'
import { notedPieces, readHeldPieces } from '../../formats/held-pieces.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import type { DownloadFiles } from '../client/download.ts'
import { readFileStats, readTrustedNote, removeNoteStamp, replaceNoteStamp } from '../seeder/note-stamp.ts'

/** Where `data` is, and the note of what is held of it. */
export type NotedPaths = Pick<DownloadFiles, 'dataPath'> & { readonly heldPath: string }

/** What is known of a `data` that is written to, and of its note. */
interface Watch {
  /** Of how many of the first bytes the note is true. */
  readonly checkedBytes: number
  /** What the system said of each after the write before. */
  data: FileStats
  held: FileStats
  /** The stamp that says so, as it was read or written last; null for none. */
  stamp: string | null
}

/** Writes between one look at `data` and the next. */
interface Turn {
  readonly writes: (() => Promise<void>)[]
  /** How each ended, in the same order. */
  readonly outcomes: Promise<readonly PromiseSettledResult<void>[]>
}

/**
 * Writes to a `data` with holes, of which all that is noted was hashed before or is about to come, so that none of it need
 * be hashed again to be served.
 *
 * A write of its own changes the time of change, so what the stamp says ends with the first one. From then on it looks
 * before each turn whether the file is as the one before left it: else somebody else wrote to it, nothing is known any
 * more, and no stamp is left. What is struck from the note meanwhile is not vouched for: the stamp speaks of what is noted.
 */
export class WatchedNotes {
  readonly #paths: NotedPaths
  /** Null where nothing is known, or anything was in doubt. */
  #watch: Watch | null
  #last: Promise<unknown> = Promise.resolve()
  /** The turn that has not begun. */
  #next: Turn | null = null

  private constructor(paths: NotedPaths, watch: Watch | null) {
    this.#paths = paths
    this.#watch = watch
  }

  /**
   * Finds out what is known: by the stamp; or that nothing is noted yet.
   *
   * @param torrent The one whose pieces are written.
   * @param data What the system says of the file that is written to.
   * @throws The system error, when a file cannot be read.
   */
  static async begin(
    paths: NotedPaths,
    { dataBytes, pieceBytes }: TorrentInfo,
    data: FileStats,
  ): Promise<WatchedNotes> {
    const held = await readFileStats(paths.heldPath)
    if (held === null) return new WatchedNotes(paths, null)
    const { stamp, checkedBytes: stampedBytes } = await readTrustedNote(paths.heldPath, data)
    const notedBytes = notedPieces(await readHeldPieces(paths.heldPath)) * pieceBytes
    // What will be noted behind all others is known to be true. Where there are some of which it is not, it is in doubt.
    const checkedBytes = notedBytes <= stampedBytes ? Math.max(stampedBytes, dataBytes) : stampedBytes
    return new WatchedNotes(paths, checkedBytes === 0 ? null : { checkedBytes, data, held, stamp })
  }

  /**
   * Has a piece written to `data`, that was verified. Pieces that come while others are written have the next turn together:
   * a look takes as long as a piece, and more come meanwhile.
   */
  async write(write: () => Promise<void>): Promise<void> {
    if (this.#watch === null) return write()
    this.#next ??= this.#queueTurn()
    const { writes, outcomes } = this.#next
    const place = writes.push(write) - 1
    const outcome = (await outcomes)[place]
    if (outcome?.status === 'rejected') throw outcome.reason
  }

  /** Has pieces that are durable noted down. Called again only once it has ended. */
  async note(write: () => Promise<void>): Promise<void> {
    await this.#watched('held', write)
  }

  /**
   * Leaves a stamp of all that is noted, where nothing is in doubt. It says how its own writes left the files: where somebody
   * else wrote since, or one of its own is under way, it is a stamp of another time.
   *
   * @throws The system error, when it cannot be written.
   */
  leaveStamp(): void {
    const watch = this.#watch
    if (watch === null || isWholeSecond(watch.data) || isWholeSecond(watch.held)) return
    const stamp = noteStampOf(watch, watch.checkedBytes)
    if (replaceNoteStamp(this.#paths.heldPath, watch.stamp, stamp)) watch.stamp = stamp
    else this.#watch = null // Meanwhile a read found what a stamp does not tell.
  }

  /** What is noted was found to be wrong: nothing is vouched for any more. @throws The system error. */
  distrust(): void {
    this.#watch = null
    removeNoteStamp(this.#paths.heldPath)
  }

  /** Once all was written that was asked for. */
  async settled(): Promise<void> {
    await this.#last
  }

  #queueTurn(): Turn {
    const writes: Turn['writes'] = []
    const outcomes = this.#last.then(async () => {
      this.#next = null
      return this.#watched('data', async () => Promise.allSettled(writes.map(async (write) => write())))
    })
    this.#last = outcomes
    return { writes, outcomes }
  }

  async #watched<Outcome>(file: 'data' | 'held', write: () => Promise<Outcome>): Promise<Outcome> {
    await this.#look(file)
    const outcome = await write() // Where it fails, the next look finds another time than the one before.
    const now = await this.#statsOf(file)
    if (now === null) this.#watch = null
    else if (this.#watch !== null) this.#watch[file] = now
    return outcome
  }

  async #look(file: 'data' | 'held'): Promise<void> {
    if (this.#watch === null) return
    const now = await this.#statsOf(file)
    if (this.#watch !== null && (now === null || !isUnchanged(this.#watch[file], now))) this.#watch = null
  }

  async #statsOf(file: 'data' | 'held'): Promise<FileStats | null> {
    return readFileStats(file === 'data' ? this.#paths.dataPath : this.#paths.heldPath)
  }
}
