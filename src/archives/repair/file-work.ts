import type { ArchiveFailureCode } from '../../domain/failure-codes.ts'
import { nodeFileSteps, type FileSteps } from '../file-steps.ts'
import { failureCodeOf, PackingStopped } from '../packing/packing-failure.ts'

/** What surrounds a check or a repair. */
export interface FileWorkSurroundings {
  readonly files?: FileSteps
  /** Asked before every piece and message: true ends the work with the code STOPPED. */
  readonly isStopped?: () => boolean
  /** Told after every piece or archive how many bytes of how many are done: cheap, or it slows the work down. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void
}

/** Why nothing can be said about files, or not all of them were mended; nothing was made worse. */
export interface FileWorkFailed {
  readonly type: 'FileWorkFailed'
  readonly code: ArchiveFailureCode
  /** What was thrown, for the node's own log. */
  readonly cause: unknown
}

/** Names what was thrown while files were checked or mended. */
export function fileWorkFailureOf(cause: unknown): FileWorkFailed {
  const code = cause instanceof PackingStopped ? cause.code : failureCodeOf(cause)
  return { type: 'FileWorkFailed', code, cause }
}

/** Work that tells how far it has come, and ends when it is asked to. */
export class FileWork {
  readonly files: FileSteps
  readonly #surroundings: FileWorkSurroundings
  readonly #totalBytes: number
  #doneBytes = 0

  constructor(totalBytes: number, surroundings: FileWorkSurroundings) {
    this.files = surroundings.files ?? nodeFileSteps
    this.#surroundings = surroundings
    this.#totalBytes = totalBytes
  }

  /** @throws PackingStopped STOPPED, once it was asked to end. */
  goOn(): void {
    if (this.#surroundings.isStopped?.() !== true) return
    throw new PackingStopped('STOPPED', 'The work on the files of a version was asked to stop')
  }

  advance(bytes: number): void {
    this.#doneBytes += bytes
    this.#surroundings.onProgress?.(this.#doneBytes, this.#totalBytes)
  }
}
