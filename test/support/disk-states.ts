/** What a disk was asked for, and has not promised to keep: no sync came after it. */
export type FileChange =
  | { readonly type: 'WRITE'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'CUT'; readonly bytes: number }

/** The same of a folder: entries by name, each the number of what it stands for. */
export type FolderChange =
  | { readonly type: 'LINK'; readonly name: string; readonly id: number }
  | { readonly type: 'UNLINK'; readonly name: string }
  | { readonly type: 'RENAME'; readonly from: string; readonly to: string }

/** A file as it is read now, as it is on the disk for certain, and what lies between. */
export interface FileState {
  readonly kind: 'FILE'
  readonly written: Uint8Array
  readonly durable: Uint8Array
  readonly unsynced: readonly FileChange[]
  /** How often it was changed: its time. A power cut does not turn it back, whatever it does to the bytes. */
  readonly changes: number
}

/** A folder, in the same way. */
export interface FolderState {
  readonly kind: 'FOLDER'
  readonly written: ReadonlyMap<string, number>
  readonly durable: ReadonlyMap<string, number>
  readonly unsynced: readonly FolderChange[]
}

export type DiskState = FileState | FolderState

/**
 * What a power cut leaves of one change that was not synced: nothing, all of it, the first half of a write, or the
 * length of a write with zeros for its bytes. A change of a folder, and a cut, are there or not: PART and ZEROS are all.
 */
export type Fate = 'LOST' | 'KEPT' | 'PART' | 'ZEROS'

export const EMPTY_FILE: FileState = {
  kind: 'FILE',
  written: new Uint8Array(),
  durable: new Uint8Array(),
  unsynced: [],
  changes: 0,
}
export const EMPTY_FOLDER: FolderState = { kind: 'FOLDER', written: new Map(), durable: new Map(), unsynced: [] }

export function changeFile(file: FileState, change: FileChange): FileState {
  const { written, unsynced, changes } = file
  return { ...file, written: fileAfter(written, change), unsynced: [...unsynced, change], changes: changes + 1 }
}

export function changeFolder(folder: FolderState, change: FolderChange): FolderState {
  return { ...folder, written: folderAfter(folder.written, change), unsynced: [...folder.unsynced, change] }
}

/** Makes the changes durable, and no others: what a sync that failed has lost stays lost. */
export function synced<State extends DiskState>(state: State): State
export function synced(state: DiskState): DiskState {
  return state.kind === 'FILE'
    ? { ...state, durable: state.unsynced.reduce(fileAfter, state.durable), unsynced: [] }
    : { ...state, durable: state.unsynced.reduce(folderAfter, state.durable), unsynced: [] }
}

/** A sync that fails: Linux takes the pages for clean, so that no later sync writes them, and still reads them. */
export function lostBySync(file: FileState): FileState {
  return { ...file, unsynced: [] }
}

/** What is there when the power is back; the fate of each change that was not synced is asked for, in order. */
export function afterPowerCut(state: DiskState, fateOf: () => Fate): DiskState {
  if (state.kind === 'FOLDER') {
    const kept = state.unsynced.filter(() => fateOf() !== 'LOST')
    const entries = kept.reduce(folderAfter, state.durable)
    return { ...state, written: entries, durable: entries, unsynced: [] }
  }
  const kept = state.unsynced.flatMap((change) => whatIsLeftOf(change, fateOf()))
  const bytes = kept.reduce(fileAfter, state.durable)
  return { ...state, written: bytes, durable: bytes, unsynced: [] }
}

function whatIsLeftOf(change: FileChange, fate: Fate): readonly FileChange[] {
  if (fate === 'LOST') return []
  if (change.type === 'CUT' || fate === 'KEPT') return [change]
  const { offset, bytes } = change
  const left = fate === 'PART' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : new Uint8Array(bytes.length)
  return [{ type: 'WRITE', offset, bytes: left }]
}

/** A write behind the end leaves a hole of zeros: the one before it may be lost. */
function fileAfter(before: Uint8Array, change: FileChange): Uint8Array {
  if (change.type === 'CUT') return resized(before, change.bytes)
  const after = resized(before, Math.max(before.length, change.offset + change.bytes.length))
  after.set(change.bytes, change.offset)
  return after
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(length)
  copy.set(bytes.subarray(0, length))
  return copy
}

function folderAfter(before: ReadonlyMap<string, number>, change: FolderChange): ReadonlyMap<string, number> {
  const after = new Map(before)
  if (change.type === 'LINK') after.set(change.name, change.id)
  else if (change.type === 'UNLINK') after.delete(change.name)
  else {
    const id = before.get(change.from)
    if (id === undefined) return before
    after.delete(change.from)
    after.set(change.to, id)
  }
  return after
}
