import { computeLogHeads } from '../../audit/log-heads.ts'
import {
  originAt,
  readNewestCheckpoint,
  readOrigins,
  type RecordedCheckpoint,
} from '../../audit/recorded-checkpoints.ts'
import { answerOnce } from '../../commands/earlier-answer.ts'
import type { CommandMeta, Execute, Refusal } from '../../commands/command-meta.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { EventLog } from '../../events/event-log.ts'
import { formatCheckpoint } from '../../formats/checkpoint.ts'
import { formatNoteKey, formatSignedNote } from '../../formats/signed-note.ts'
import type { LogAltered, SignedCheckpoint, Wishes } from '../../graphql/wishes.ts'
import type { KeyStore } from '../../identity/key-store.ts'
import { createLocks } from '../locks.ts'

export interface SignCheckpointPorts {
  readonly log: EventLog
  readonly execute: Execute
  readonly keys: Pick<KeyStore, 'nodeKey' | 'signAsNode'>
}

/**
 * Signs the log as it is now, and records that it did. Where nothing was recorded since the last checkpoint, that one is
 * given again.
 *
 * What is signed is computed from the events, so that it takes as long as to read them all. A log that was altered is not
 * vouched for: neither one whose links are no longer those of its events, nor one that leads elsewhere than it did when it was
 * signed last.
 */
export function createSignCheckpoint(ports: SignCheckpointPorts): Wishes['signCheckpoint'] {
  const turns = createLocks<'sign'>()
  return async (meta) =>
    answerOnce(ports.log, 'SignCheckpoint', meta, async () => turns.hold('sign', async () => sign(meta, ports)))
}

async function sign(
  meta: CommandMeta,
  { log, execute, keys }: SignCheckpointPorts,
): Promise<Result<SignedCheckpoint, Refusal | LogAltered>> {
  const size = log.head()
  const last = await readNewestCheckpoint(log)
  if (last !== null && isStillNews(last, size, keys.nodeKey)) return ok(answerOf(last))
  const { at } = await computeLogHeads(log, [last?.size ?? 0, size])
  const head = at.get(size)
  const isAltered = last !== null && at.get(last.size)?.root !== last.root
  if (head === undefined || !head.isStored || isAltered) return err({ type: 'LogAltered' })
  const { root, link } = head
  const origin = originAt(await readOrigins(log), size)
  const text = formatCheckpoint({ origin, size, root, link })
  const { publicKey, signature } = keys.signAsNode(text)
  const checkpoint = { size, root, link, publicKey, signature }
  // The key counts for the whole wish, whose answer holds the note.
  const recorded = await execute({ type: 'RecordCheckpointSigned', checkpoint }, { ...meta, idempotency: null })
  if (!recorded.ok) return recorded
  const key = { name: origin, publicKey: Buffer.from(publicKey, 'hex') }
  const note = formatSignedNote(text, key, Buffer.from(signature, 'hex'))
  return ok({ position: recorded.value.position, size, note, noteKey: formatNoteKey(key) })
}

/** Whether all that was recorded since is the checkpoint itself. */
function isStillNews({ position, size, key }: RecordedCheckpoint, head: number, nodeKey: string): boolean {
  return position === head && size === head - 1 && Buffer.from(key.publicKey).toString('hex') === nodeKey
}

function answerOf({ size, note, key }: RecordedCheckpoint): SignedCheckpoint {
  return { position: null, size, note, noteKey: formatNoteKey(key) }
}
