import type { InfoHash } from '../../domain/info-hash.ts'
import { dataStampOf, isWholeSecond, type FileStats } from '../../formats/check-stamp.ts'
import { stampPathOf } from '../archive-paths.ts'
import type { PieceOutput } from './data-writer.ts'
import type { FileSteps } from '../file-steps.ts'
import type { PackingRequest } from './packing-request.ts'
import { readCheckedBytes, removeStamp } from '../version-stamp.ts'

type WatchedRequest = Pick<PackingRequest, 'archivesDir' | 'communityId' | 'previous'>

/** What is known of a `data` that is written to. */
interface Watch {
  /** What the system said of it before the first write. */
  readonly before: FileStats
  /** How much of it was hashed before, and is as it was then. */
  checkedBytes: number
  /** What the system said of it after the write before. */
  stats: FileStats
}

/**
 * Appends to a `data` whose bytes were hashed before, so that they need not be hashed again for the next version.
 *
 * A write of its own changes the time of change, so what the stamp of the version before says ends with the first one.
 * From then on it looks before each write whether the file is as the one before left it: else somebody else wrote to it.
 * Where a system keeps time in ticks, one that writes within the tick of a write of its own is not seen.
 */
export class WatchedData implements PieceOutput {
  readonly #files: FileSteps
  readonly #request: WatchedRequest
  #watch: Watch | null = null

  constructor(files: FileSteps, request: WatchedRequest) {
    this.#files = files
    this.#request = request
  }

  write(file: number, bytes: Uint8Array): number {
    const watch = (this.#watch ??= this.#begin(file))
    if (watch.checkedBytes === 0) return this.#files.write(file, bytes)
    this.#look(watch, file)
    const written = this.#files.write(file, bytes)
    watch.stats = this.#files.statsOf(file)
    return written
  }

  /**
   * The stamp of the new version: how much of its `data`, all of which is written and synced, was hashed before.
   *
   * @returns Null where nothing is known of that, or anything is in doubt.
   */
  finish(file: number): string | null {
    const watch = this.#watch
    if (watch === null || watch.checkedBytes === 0) return null
    this.#look(watch, file)
    // Meanwhile a check may have found what a stamp does not tell.
    const checkedBytes = Math.min(watch.checkedBytes, this.#readCheckedBytes(watch.before))
    return checkedBytes === 0 || isWholeSecond(watch.stats) ? null : dataStampOf(watch.stats, checkedBytes)
  }

  /**
   * Takes the stamp of the new version, which is written, away again where that of the version before is gone: a check
   * that found damage since `finish` did not see it yet.
   *
   * @param stamp What `finish` said.
   */
  confirm(stamp: string | null, infoHash: InfoHash): void {
    const { archivesDir, communityId } = this.#request
    if (stamp === null || this.#watch === null || this.#readCheckedBytes(this.#watch.before) > 0) return
    removeStamp(this.#files, stampPathOf(archivesDir, communityId, infoHash))
  }

  #begin(file: number): Watch {
    const before = this.#files.statsOf(file)
    return { before, checkedBytes: this.#readCheckedBytes(before), stats: before }
  }

  #look(watch: Watch, file: number): void {
    const { size, mtimeNs, ctimeNs } = this.#files.statsOf(file)
    const isSame = size === watch.stats.size && mtimeNs === watch.stats.mtimeNs && ctimeNs === watch.stats.ctimeNs
    if (!isSame) watch.checkedBytes = 0
  }

  #readCheckedBytes(data: FileStats): number {
    const { archivesDir, communityId, previous } = this.#request
    return previous === null ? 0 : readCheckedBytes(this.#files, archivesDir, communityId, previous, data)
  }
}
