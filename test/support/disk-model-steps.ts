import { dirname } from 'node:path'
import type { FileSteps, FolderEntry } from '../../src/archives/file-steps.ts'
import type { DiskModel } from './disk-model.ts'
import { EMPTY_FILE, EMPTY_FOLDER } from './disk-states.ts'
import { systemError } from './recorded-file-steps.ts'

export interface DiskLimits {
  /** The most that one write takes: a system may always take less than it is given. */
  readonly writeBytes?: number
  /** The most that all files hold: a write takes what there is room for, and fails with ENOSPC where there is none. */
  readonly capacityBytes?: number
}

/** The steps of packing and sweeping on a disk in memory. */
export interface DiskModelSteps extends FileSteps {
  /** Has a file's sync fail. */
  failSync(file: number): void
  /** The paths of the files that are open. */
  open(): readonly string[]
}

/** Takes steps on a disk in memory. What is open is open for these steps alone, as in a process. */
export function stepsOn(disk: DiskModel, limits: DiskLimits = {}): DiskModelSteps {
  const { writeBytes = Infinity, capacityBytes = Infinity } = limits
  const opened = new Map<number, { readonly id: number; readonly path: string }>()
  let newest = 2

  function descriptor(file: number): { readonly id: number; readonly path: string } {
    const found = opened.get(file)
    if (found === undefined) throw systemError('EBADF')
    return found
  }

  function open(path: string): number {
    const found = disk.find(path)
    if (found === null) throw systemError('ENOENT')
    disk.fileOf(found.id)
    newest += 1
    opened.set(newest, { id: found.id, path })
    return newest
  }

  function makeFolder(path: string): void {
    if (disk.find(path) !== null) return
    makeFolder(dirname(path))
    disk.link(path, EMPTY_FOLDER)
  }

  function remove(path: string): void {
    const found = disk.find(path)
    if (found === null) return
    for (const { name } of list(path)) remove(`${path}/${name}`)
    disk.changeFolder(dirname(path), { type: 'UNLINK', name: nameOf(path) })
  }

  function list(path: string): readonly FolderEntry[] {
    const inside = [...disk.tree()].filter(([each]) => each !== path && dirname(each) === path)
    return inside.map(([each, bytes]) => ({ name: nameOf(each), isFolder: bytes === null }))
  }

  function writeAt(file: number, bytes: Uint8Array, offset: number): number {
    const { id, path } = descriptor(file)
    const room = capacityBytes - usedBytes(disk)
    if (room <= 0) throw systemError('ENOSPC')
    const taken = bytes.slice(0, Math.min(room, writeBytes))
    disk.changeFile(path, id, { type: 'WRITE', offset, bytes: taken })
    return taken.length
  }

  return {
    makeFolder,
    create(path) {
      const found = disk.find(path)
      if (found === null) disk.link(path, EMPTY_FILE)
      else disk.changeFile(path, found.id, { type: 'CUT', bytes: 0 })
      return open(path)
    },
    openToAppend(path, whenMissing) {
      if (disk.find(path) === null && whenMissing === 'CREATE') disk.link(path, EMPTY_FILE)
      return open(path)
    },
    openToRead: open,
    openToMend(path) {
      if (disk.find(path) === null) disk.link(path, EMPTY_FILE)
      return open(path)
    },
    sizeOf: (file) => disk.fileOf(descriptor(file).id).written.length,
    statsOf(file) {
      const { id } = descriptor(file)
      const { written, changes } = disk.fileOf(id)
      const time = BigInt(changes)
      return { size: BigInt(written.length), mtimeNs: time, ctimeNs: time, ino: BigInt(id), dev: 1n }
    },
    sizeAt(path) {
      const found = disk.find(path)
      return found?.state.kind === 'FILE' ? found.state.written.length : null
    },
    read(file, bytes, position) {
      const { written } = disk.fileOf(descriptor(file).id)
      const read = written.subarray(position, position + bytes.length)
      bytes.set(read)
      return read.length
    },
    write: (file, bytes) => writeAt(file, bytes, disk.fileOf(descriptor(file).id).written.length),
    writeAt,
    cut(file, bytes) {
      const { id, path } = descriptor(file)
      disk.changeFile(path, id, { type: 'CUT', bytes })
    },
    sync(file) {
      const { id, path } = descriptor(file)
      disk.sync(path, id)
    },
    close: (file) => void opened.delete((descriptor(file), file)),
    rename(from, to) {
      if (disk.find(from) === null) throw systemError('ENOENT')
      disk.changeFolder(dirname(to), { type: 'RENAME', from: nameOf(from), to: nameOf(to) })
    },
    syncFolder(path) {
      const found = disk.find(path)
      if (found === null) throw systemError('ENOENT')
      disk.sync(path, found.id)
    },
    list,
    remove,
    failSync: (file) => disk.failSync(descriptor(file).id),
    open: () => [...opened.values()].map(({ path }) => path),
  }
}

function usedBytes(disk: DiskModel): number {
  return [...disk.tree().values()].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
