import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import {
  afterPowerCut,
  changeFile,
  changeFolder,
  EMPTY_FOLDER,
  lostBySync,
  synced,
  type DiskState,
  type Fate,
  type FileChange,
  type FileState,
  type FolderChange,
} from './disk-states.ts'
import { systemError } from './recorded-file-steps.ts'

/** A change that a disk is about to make, or a promise, and the disk as it is before. */
export interface DiskMoment {
  /** Such as `WRITE /archives/0x02/data.1`. */
  readonly change: string
  readonly disk: DiskModel
}

/** From where on a change touches the bytes of a file. */
export interface ByteChange {
  readonly path: string
  readonly offset: number
}

const ROOT = 1

/**
 * A disk in memory that knows what it promised: a file's bytes last once the file is synced, and a folder's entries
 * once the folder is. What is neither is lost with the power, wholly or in part, in any order. That is what POSIX
 * leaves open, and more than any one file system does.
 *
 * Files and folders have numbers, which stay the same when they are renamed, or removed while they are open.
 */
export class DiskModel {
  /** Every change and sync since `record` was called. */
  readonly moments: DiskMoment[] = []
  readonly byteChanges: ByteChange[] = []
  readonly #states: Map<number, DiskState>
  #newest: number
  #isRecording = false

  constructor(states: ReadonlyMap<number, DiskState> = new Map([[ROOT, EMPTY_FOLDER]])) {
    this.#states = new Map(states)
    this.#newest = Math.max(...states.keys())
  }

  /** From now on every change is kept, with the disk before it. */
  record(): this {
    this.#isRecording = true
    return this
  }

  /** The same disk, which goes its own way from now on. */
  copy(): DiskModel {
    return new DiskModel(this.#states)
  }

  /** The disk that is there when the power is back. */
  afterPowerCut(fateOf: () => Fate): DiskModel {
    return new DiskModel(new Map([...this.#states].map(([id, state]) => [id, afterPowerCut(state, fateOf)])))
  }

  /** What lies at a path; null where nothing does. */
  find(path: string): { readonly id: number; readonly state: DiskState } | null {
    let id = ROOT
    for (const name of path.split('/').filter((part) => part !== '')) {
      const folder = this.#stateOf(id)
      if (folder.kind === 'FILE') throw systemError('ENOTDIR')
      const next = folder.written.get(name)
      if (next === undefined) return null
      id = next
    }
    return { id, state: this.#stateOf(id) }
  }

  fileOf(id: number): FileState {
    const state = this.#stateOf(id)
    if (state.kind === 'FOLDER') throw systemError('EISDIR')
    return state
  }

  changeFile(path: string, id: number, change: FileChange): void {
    const file = this.fileOf(id)
    this.#note(`${change.type} ${path}`)
    this.byteChanges.push({ path, offset: change.type === 'CUT' ? change.bytes : change.offset })
    this.#states.set(id, changeFile(file, change))
  }

  changeFolder(path: string, change: FolderChange): void {
    const found = this.find(path)
    if (found?.state.kind !== 'FOLDER') throw systemError(found === null ? 'ENOENT' : 'ENOTDIR')
    this.#note(`${change.type} ${join(path, change.type === 'RENAME' ? change.to : change.name)}`)
    this.#states.set(found.id, changeFolder(found.state, change))
  }

  /** Gives a new file or folder a name. */
  link(path: string, state: DiskState): void {
    this.#newest += 1
    const id = this.#newest
    this.#states.set(id, state)
    this.changeFolder(dirname(path), { type: 'LINK', name: path.slice(path.lastIndexOf('/') + 1), id })
  }

  sync(path: string, id: number): void {
    this.#note(`SYNC ${path}`)
    this.#states.set(id, synced(this.#stateOf(id)))
  }

  /** A sync that failed: what was to be synced never will be, though it is read as before. */
  failSync(id: number): void {
    this.#states.set(id, lostBySync(this.fileOf(id)))
  }

  /** The bytes of every file by its path, and null for every folder. */
  tree(): ReadonlyMap<string, Uint8Array | null> {
    return new Map(this.#walk('', ROOT).map(({ path, state }) => [path, state.kind === 'FILE' ? state.written : null]))
  }

  /** The same for disks with the same files and folders. */
  digest(): string {
    const hash = createHash('sha256')
    for (const [path, bytes] of [...this.tree()].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      hash.update(`${path} ${bytes?.length ?? 'folder'}\n`).update(bytes ?? new Uint8Array())
    }
    return hash.digest('hex')
  }

  bytesAt(path: string): Uint8Array {
    const found = this.find(path)
    if (found?.state.kind !== 'FILE') throw systemError('ENOENT')
    return found.state.written
  }

  /** The paths of what a power cut could still change. */
  unsynced(): readonly string[] {
    return this.#walk('', ROOT).flatMap(({ path, state }) => (state.unsynced.length > 0 ? [path] : []))
  }

  #stateOf(id: number): DiskState {
    const state = this.#states.get(id)
    if (state === undefined) throw new Error(`Cannot find number ${id} on the disk`)
    return state
  }

  #walk(path: string, id: number): readonly { readonly path: string; readonly state: DiskState }[] {
    const state = this.#stateOf(id)
    if (state.kind === 'FILE') return [{ path, state }]
    const inside = [...state.written].flatMap(([name, each]) => this.#walk(`${path}/${name}`, each))
    return [{ path, state }, ...inside]
  }

  #note(change: string): void {
    if (this.#isRecording) this.moments.push({ change, disk: this.copy() })
  }
}
