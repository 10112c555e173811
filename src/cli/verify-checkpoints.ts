import { readFileSync } from 'node:fs'
import type { CheckpointFault, CheckpointVerdict, NoteFile, TrustedKey } from '../app/audit/verify-checkpoints.ts'
import { err, ok, type Result } from '../domain/result.ts'

/** What notes are to be checked, and against whose key. */
export interface CheckpointWish {
  readonly notes: readonly NoteFile[]
  /** Null: the key of the node that the data directory belongs to. */
  readonly key: TrustedKey | null
}

/** Reads what the flags name. @returns Refused with a line for the operator. */
export async function readCheckpointWish(
  files: readonly string[],
  keyText: string | undefined,
): Promise<Result<CheckpointWish, string>> {
  const { parseTrustedKey } = await import('../app/audit/verify-checkpoints.ts')
  const key = keyText === undefined ? null : parseTrustedKey(keyText)
  if (keyText !== undefined && key === null) {
    return err(
      `--key is ${JSON.stringify(keyText)}, but must be an Ed25519 public key: 64 hex digits, or name+id+base64 as checkpoint prints it`,
    )
  }
  const notes: NoteFile[] = []
  for (const file of files) {
    try {
      notes.push({ file, note: readFileSync(file, 'utf8') })
    } catch (cause) {
      return err(`Cannot read the checkpoint ${file}: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  }
  return ok({ notes, key })
}

/** What became of the notes, for the operator and for machines. */
export interface JudgedCheckpoints {
  /** What to end with: 0 the log contains them all, 1 it does not, 2 there is no key. */
  readonly code: 0 | 1 | 2
  readonly good: readonly string[]
  readonly faults: readonly string[]
  /** The key that they go by, null where there is none, and a verdict a note. */
  readonly json: { readonly checkpointKey: string | null; readonly checkpoints: readonly CheckpointVerdict[] }
}

/** Checks notes against a log. @throws When the log cannot be read. */
export async function judgeCheckpoints(dataDir: string, { notes, key }: CheckpointWish): Promise<JudgedCheckpoints> {
  const { verifyCheckpoints } = await import('../app/audit/verify-checkpoints.ts')
  const verified = await verifyCheckpoints(dataDir, notes, key)
  if (!verified.ok) {
    const faults = [`${dataDir} has no key of its node to check signatures with: name one with --key`]
    return { code: 2, good: [], faults, json: { checkpointKey: null, checkpoints: [] } }
  }
  const { publicKey, verdicts } = verified.value
  const says = `Checkpoints are checked with ${key === null ? "this node's own key" : 'the key'} ${publicKey}`
  const good = verdicts.filter(({ fault }) => fault === null)
  return {
    code: good.length === verdicts.length ? 0 : 1,
    good: [says, ...good.map(({ file, size }) => `${file}: the log contains it, ${size} events unchanged`)],
    faults: verdicts.flatMap(({ file, size, fault }) =>
      fault === null ? [] : [`${file}: ${fault.code}: ${describeFault(fault, size ?? 0)}`],
    ),
    json: { checkpointKey: publicKey, checkpoints: verdicts },
  }
}

function describeFault(fault: CheckpointFault, size: number): string {
  switch (fault.code) {
    case 'MALFORMED':
      return `it is no checkpoint (${fault.reason})`
    case 'SIGNER_UNKNOWN':
      return 'that key did not sign it: name the one that did with --key, if you trust it'
    case 'SIGNATURE_INVALID':
      return 'it was changed after it was signed, or signed falsely'
    case 'OTHER_LOG':
      return `it is of another log, ${fault.origin}`
    case 'RESTORED_SINCE':
      return `the log was brought back from a back-up at position ${fault.position}, and has not all that it covers`
    case 'CUT_OFF':
      return `it covers ${size} events, and the log has none at position ${fault.position}`
    case 'ROOT_DIFFERS':
      return `an event from position ${fault.position} to ${size} is not what was signed`
    case 'LINK_DIFFERS':
      return `the chain up to position ${size} is not the one that was signed`
  }
}
