import { err, ok, type Result } from '../domain/result.ts'
import type { ReadChained } from '../events/chained-rows.ts'
import type { EventLog } from '../events/event-log.ts'
import { leafHashOfText, leafText } from '../events/hash-chain.ts'
import { createProofBuilder, planConsistency, planInclusion, type Subtree } from '../events/merkle-proof.ts'
import { rootOfInclusion } from '../events/merkle-tree.ts'
import { BEFORE_ALL, type Position } from '../events/recorded-event.ts'
import { findCheckpoint } from './recorded-checkpoints.ts'

/** What proofs are made from. */
export type ProvingLog = Pick<EventLog, 'logId' | 'read' | 'head'> & { readonly readChained: ReadChained }

/** Proves that an event is one of the first `size` of the log, to whoever holds a signed note of that size. */
export interface EventProof {
  readonly size: number
  /** The event's place among the leaves: its position − 1. */
  readonly index: number
  /** The event as canonical JSON; SHA-256(0x00 ‖ its UTF-8) is the leaf. */
  readonly text: string
  /** 32 bytes in hex. */
  readonly leaf: string
  /** Nodes of the Merkle tree in hex, the lowest first. */
  readonly path: readonly string[]
  /** 32 bytes in hex: what leaf and path lead to. */
  readonly root: string
  /** The signed note of this size; null where none is recorded. */
  readonly note: string | null
}

/** The log at hand has no such event, or not so many. */
export interface NotInLog {
  readonly type: 'NotInLog'
  readonly head: Position
}

/** What was signed is not what the log holds now. */
export interface LogAltered {
  readonly type: 'LogAltered'
}

/**
 * Proves that an event is in the log.
 *
 * @param size How many events the proof is to cover, such as those of a note at hand. Null: as many as the first
 *   checkpoint that covers the event, or all where none does.
 * @returns `LogAltered` where the log does not lead to the root that was signed.
 */
export async function proveEvent(
  log: ProvingLog,
  position: Position,
  size: number | null,
): Promise<Result<EventProof, NotInLog | LogAltered>> {
  const head = log.head()
  if (position < 1 || position > head || (size !== null && (size < position || size > head))) {
    return err({ type: 'NotInLog', head })
  }
  const checkpoint = await findCheckpoint(log, position, size)
  const covered = size ?? checkpoint?.size ?? head
  const text = await readText(log, position)
  if (text === null) return err({ type: 'LogAltered' })
  const leaf = leafHashOfText(text)
  const index = position - 1
  const path = await readProof(log, planInclusion(index, covered), covered)
  const root = path && rootOfInclusion(leaf, index, covered, path)
  if (path === null || root === null) return err({ type: 'LogAltered' })
  if (checkpoint !== null && hexOf(root) !== checkpoint.root) return err({ type: 'LogAltered' })
  const note = checkpoint?.note ?? null
  return ok({ size: covered, index, text, leaf: hexOf(leaf), path: path.map(hexOf), root: hexOf(root), note })
}

/** Proves that what a checkpoint covers is the beginning of what a later one covers. */
export interface ConsistencyProof {
  readonly from: number
  readonly to: number
  /** Nodes of the Merkle tree in hex, the lowest first. */
  readonly path: readonly string[]
}

/** Proves that the first `to` events of the log begin with the first `from`, to whoever holds notes of both sizes. */
export async function proveConsistency(
  log: ProvingLog,
  from: number,
  to: number,
): Promise<Result<ConsistencyProof, NotInLog | LogAltered>> {
  const head = log.head()
  if (from > to || to > head) return err({ type: 'NotInLog', head })
  const path = await readProof(log, planConsistency(from, to), to)
  return path === null ? err({ type: 'LogAltered' }) : ok({ from, to, path: path.map(hexOf) })
}

async function readText(log: ProvingLog, position: Position): Promise<string | null> {
  for await (const page of log.readChained((position - 1) as Position, position)) {
    for (const { row } of page) return leafText(row)
  }
  return null
}

/**
 * From the leaves that are stored: whoever checks the proof finds out whether they are those of the events.
 *
 * @returns Null where leaves are missing.
 */
async function readProof(
  log: ProvingLog,
  plan: readonly Subtree[],
  size: number,
): Promise<readonly Uint8Array[] | null> {
  const proof = createProofBuilder(plan)
  let count = 0
  for await (const page of log.readChained(BEFORE_ALL, size as Position)) {
    for (const { leaf } of page) proof.add(leaf)
    count += page.length
  }
  return count === size ? proof.nodes() : null
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
