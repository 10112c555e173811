import { communityFolderOf, dataPathOf } from '../archive-paths.ts'
import type { FileSteps } from '../file-steps.ts'
import type { SoundVersion } from './recorded-version.ts'

/** A `data` that is opened, or made, as soon as there is something to write into it. */
export class MendableData {
  readonly #files: FileSteps
  readonly #recorded: SoundVersion
  #file: number | null = null

  constructor(files: FileSteps, recorded: SoundVersion) {
    this.#files = files
    this.#recorded = recorded
  }

  get file(): number {
    return this.#file ?? this.#open()
  }

  /** Makes what was written durable. */
  sync(): void {
    if (this.#file !== null) this.#files.sync(this.#file)
  }

  close(): void {
    if (this.#file !== null) this.#files.close(this.#file)
    this.#file = null
  }

  #open(): number {
    const { archivesDir, communityId, version } = this.#recorded
    const folder = communityFolderOf(archivesDir, communityId)
    const path = dataPathOf(archivesDir, communityId, version.generation)
    const isMissing = this.#files.sizeAt(path) === null
    if (isMissing) {
      this.#files.remove(path) // What is no regular file.
      this.#files.makeFolder(folder)
    }
    const file = this.#files.openToMend(path)
    this.#file = file
    if (isMissing) {
      this.#files.syncFolder(folder)
      this.#files.syncFolder(archivesDir)
    }
    return file
  }
}
