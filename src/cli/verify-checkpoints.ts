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

/** Checks notes, and prints a line for each. Exit codes: 0 the log contains them all, 1 it does not, 2 there is no key. */
export async function checkCheckpoints(dataDir: string, { notes, key }: CheckpointWish): Promise<0 | 1 | 2> {
  const { verifyCheckpoints } = await import('../app/audit/verify-checkpoints.ts')
  const verified = await verifyCheckpoints(dataDir, notes, key)
  if (!verified.ok) {
    console.error(`${dataDir} has no key of its node to check signatures with: name one with --key`)
    return 2
  }
  const { publicKey, verdicts } = verified.value
  console.log(`Checkpoints are checked with ${key === null ? "this node's own key" : 'the key'} ${publicKey}`)
  for (const verdict of verdicts) printVerdict(verdict)
  return verdicts.every(({ fault }) => fault === null) ? 0 : 1
}

function printVerdict({ file, size, fault }: CheckpointVerdict): void {
  if (fault === null) console.log(`${file}: the log contains it, ${size} events unchanged`)
  else console.error(`${file}: ${fault.code}: ${describeFault(fault, size ?? 0)}`)
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
