import { join } from 'node:path'
import { computeLogHeads, type LogHeads } from '../../audit/log-heads.ts'
import { readOrigins, type Origin } from '../../audit/recorded-checkpoints.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { EventReader } from '../../events/event-reader.ts'
import { parseCheckpoint, type Checkpoint } from '../../formats/checkpoint.ts'
import { parseNoteKey, parseSignedNote, verifyNote, type NoteKey } from '../../formats/signed-note.ts'
import { readNodeKey } from '../../identity/key-store.ts'

/** A note, by the file that it is kept in. */
export interface NoteFile {
  readonly file: string
  readonly note: string
}

/** Whose signature counts: a public key, under the name of the log or under one of its own. */
export interface TrustedKey {
  readonly publicKey: Uint8Array
  /** Null: whatever the log is called. */
  readonly name: string | null
}

/** Why a note does not show that the log is what it was. */
export type CheckpointFault =
  /** What was read is no note, or no checkpoint of Seedbank. */
  | { readonly code: 'MALFORMED'; readonly reason: string }
  /** Others signed it, or nobody did. */
  | { readonly code: 'SIGNER_UNKNOWN' | 'SIGNATURE_INVALID' }
  /** It is of the log that `origin` names. */
  | { readonly code: 'OTHER_LOG'; readonly origin: string }
  /** At `position` the log was brought back from a back-up that has not all that the note covers. */
  | { readonly code: 'RESTORED_SINCE'; readonly position: number }
  /** The log has no event at `position`, which the note covers. */
  | { readonly code: 'CUT_OFF'; readonly position: number }
  /** One of the events from `position` on that the note covers is not what it was. */
  | { readonly code: 'ROOT_DIFFERS'; readonly position: number }
  /** The events are those that the note covers, and the chain over them is not. */
  | { readonly code: 'LINK_DIFFERS' }

/** What became of one note: how many events it vouches for, or why it does not. */
export interface CheckpointVerdict {
  readonly file: string
  /** Null where it could not be read. */
  readonly size: number | null
  readonly fault: CheckpointFault | null
}

/** There is no key to check signatures with. */
export interface NodeKeyMissing {
  readonly type: 'NodeKeyMissing'
}

/** The verdicts in the order of the notes, and the key that they go by. */
export interface VerifiedCheckpoints {
  /** 32 bytes in hex. */
  readonly publicKey: string
  readonly verdicts: readonly CheckpointVerdict[]
}

/**
 * Tells whether a log still contains what was signed of it, in one reading, beside the process that writes it. Nothing that is
 * stored beside the events is believed.
 *
 * @param given Whose signature counts; null: the key of the node that the data directory belongs to.
 * @throws When the log cannot be read.
 */
export async function verifyCheckpoints(
  dataDir: string,
  notes: readonly NoteFile[],
  given: TrustedKey | null,
): Promise<Result<VerifiedCheckpoints, NodeKeyMissing>> {
  const own = given === null ? await readNodeKey(join(dataDir, 'keys')) : null
  const key = given ?? (own === null ? null : { publicKey: Buffer.from(own, 'hex'), name: null })
  if (key === null) return err({ type: 'NodeKeyMissing' })
  const reader = new EventReader(join(dataDir, 'seedbank.db'))
  try {
    const origins = await readOrigins(reader)
    const read = notes.map(({ file, note }) => ({ file, checkpoint: readNote(note, key, origins) }))
    const sizes = read.flatMap(({ checkpoint }) => (checkpoint.ok ? [checkpoint.value.size] : []))
    const heads = await computeLogHeads(reader, sizes)
    const goodSizes = read.flatMap(({ checkpoint }) =>
      checkpoint.ok && faultOf(checkpoint.value, heads, 0) === null ? [checkpoint.value.size] : [],
    )
    const verdicts = read.map(({ file, checkpoint }): CheckpointVerdict => {
      if (!checkpoint.ok) return { file, size: null, fault: checkpoint.error }
      const { size } = checkpoint.value
      const intact = Math.max(0, ...goodSizes.filter((good) => good < size))
      return { file, size, fault: faultOf(checkpoint.value, heads, intact) }
    })
    return ok({ publicKey: Buffer.from(key.publicKey).toString('hex'), verdicts })
  } finally {
    reader.close()
  }
}

/** @param text 32 bytes in hex, or a line as tools for signed notes take it. @returns Null for anything else. */
export function parseTrustedKey(text: string): TrustedKey | null {
  return /^[0-9a-f]{64}$/i.test(text) ? { publicKey: Buffer.from(text, 'hex'), name: null } : parseNoteKey(text)
}

/** The checkpoint in a note that the key signed, of this log. */
function readNote(note: string, key: TrustedKey, origins: readonly Origin[]): Result<Checkpoint, CheckpointFault> {
  const parsed = parseSignedNote(note)
  if (!parsed.ok) return err({ code: 'MALFORMED', reason: parsed.error.reason })
  const checkpoint = parseCheckpoint(parsed.value.text)
  if (!checkpoint.ok) return err({ code: 'MALFORMED', reason: 'NO_CHECKPOINT' })
  const { origin, size } = checkpoint.value
  const noteKey: NoteKey = { ...key, name: key.name ?? origin }
  const verified = verifyNote(parsed.value, noteKey)
  if (!verified.ok)
    return err({ code: verified.error.type === 'SignerUnknown' ? 'SIGNER_UNKNOWN' : 'SIGNATURE_INVALID' })
  const index = origins.findIndex((each) => each.origin === origin)
  if (index === -1) return err({ code: 'OTHER_LOG', origin })
  const next = origins[index + 1]
  return next !== undefined && size >= next.from ? err({ code: 'RESTORED_SINCE', position: next.from }) : checkpoint
}

/** @param intact How many events are known to be what they were. */
function faultOf({ size, root, link }: Checkpoint, { at, reached }: LogHeads, intact: number): CheckpointFault | null {
  const head = at.get(size)
  if (head === undefined) return { code: 'CUT_OFF', position: reached + 1 }
  if (head.root !== root) return { code: 'ROOT_DIFFERS', position: intact + 1 }
  return head.link === link ? null : { code: 'LINK_DIFFERS' }
}
