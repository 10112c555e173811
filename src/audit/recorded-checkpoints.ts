import type { CheckpointSigned, LogRestored } from '../domain/node-events.ts'
import type { EventLog } from '../events/event-log.ts'
import { BEFORE_ALL, NODE_STREAM, type Position, type Recorded } from '../events/recorded-event.ts'
import { formatCheckpoint, originOf } from '../formats/checkpoint.ts'
import { formatSignedNote, type NoteKey } from '../formats/signed-note.ts'

const PAGE_EVENTS = 500

/** Where recorded checkpoints are read. */
export type CheckpointLog = Pick<EventLog, 'logId' | 'read'>

/** A checkpoint that was signed, as it stands in the log. */
export interface RecordedCheckpoint {
  /** Of its event. */
  readonly position: Position
  readonly size: number
  readonly root: string
  readonly note: string
  readonly key: NoteKey
}

/** The newest checkpoint; null before the first. */
export async function readNewestCheckpoint(log: CheckpointLog): Promise<RecordedCheckpoint | null> {
  const [newest] = await log.read({ stream: NODE_STREAM, types: ['CheckpointSigned'], order: 'DESC', limit: 1 })
  return newest === undefined ? null : readCheckpoint(log, newest)
}

/** The checkpoint that an event tells of; null where it tells of something else. */
export async function readCheckpoint(log: CheckpointLog, recorded: Recorded): Promise<RecordedCheckpoint | null> {
  return asCheckpoint(recorded, await readOrigins(log))
}

/**
 * The first checkpoint that covers an event.
 *
 * @param size Only the one that covers just so many.
 * @returns Null where none does.
 */
export async function findCheckpoint(
  log: CheckpointLog,
  position: Position,
  size: number | null,
): Promise<RecordedCheckpoint | null> {
  const origins = await readOrigins(log)
  for await (const recorded of readOfNode(log, 'CheckpointSigned', position)) {
    const checkpoint = asCheckpoint(recorded, origins)
    if (checkpoint !== null && (size === null ? checkpoint.size >= position : checkpoint.size === size))
      return checkpoint
  }
  return null
}

/** A name that the log had in checkpoints: by its id, and since it was brought back from a back-up by its incarnation. */
export interface Origin {
  /** The first size at which it has the name. */
  readonly from: number
  readonly origin: string
}

/** Reads by what names the log was known, as cursors name it, in order. */
export async function readOrigins(log: CheckpointLog): Promise<readonly Origin[]> {
  const origins = [{ from: 0, origin: originOf(log.logId) }]
  for await (const { event, position } of readOfNode(log, 'LogRestored', BEFORE_ALL)) {
    if (event.type === 'LogRestored') origins.push({ from: position, origin: originOf(event.data.incarnation) })
  }
  return origins
}

/** The name of the log at a size. @throws Where it had none, which `readOrigins` rules out. */
export function originAt(origins: readonly Origin[], size: number): string {
  const named = origins.findLast(({ from }) => from <= size)
  if (named === undefined) throw new Error(`Cannot name the log of ${size} events`)
  return named.origin
}

function asCheckpoint({ event, position }: Recorded, origins: readonly Origin[]): RecordedCheckpoint | null {
  if (event.type !== 'CheckpointSigned') return null
  const { size, root, link, publicKey, signature } = event.data
  const origin = originAt(origins, size)
  const key = { name: origin, publicKey: Buffer.from(publicKey, 'hex') }
  const text = formatCheckpoint({ origin, size, root, link })
  return { position, size, root, note: formatSignedNote(text, key, Buffer.from(signature, 'hex')), key }
}

async function* readOfNode(
  log: CheckpointLog,
  type: (CheckpointSigned | LogRestored)['type'],
  after: Position,
): AsyncGenerator<Recorded, undefined> {
  let position = after
  for (;;) {
    const page = await log.read({ stream: NODE_STREAM, types: [type], after: position, limit: PAGE_EVENTS })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_EVENTS) return
    position = last.position
  }
}
