import { err, ok, type Result } from '../domain/result.ts'
import type { Append, Receipt } from '../events/event-log.ts'
import type { StreamName } from '../events/recorded-event.ts'
import { resultOf, type Accepted, type CommandResult, type Refusal } from './command-meta.ts'
import { decide, emptyStream, evolve, type StreamState } from './stream-state.ts'
import type { WaitingCommand } from './waiting-command.ts'

/** A command, what to append for it, and its answer once that is durable. */
export interface DecidedCommand {
  readonly waiting: WaitingCommand
  readonly answer: Result<Accepted, Refusal>
  readonly append: Append | null
}

/** The states of streams by name, before or after a group. */
export type StreamStates = ReadonlyMap<StreamName, StreamState>

/**
 * Decides commands one after the other, each on the state that the one before left.
 *
 * @param receipts For each command the receipt of its key, or null.
 * @returns The decisions in order, and the states that they lead to if all are written.
 */
export function decideGroup(
  group: readonly WaitingCommand[],
  receipts: readonly (Receipt | null)[],
  states: StreamStates,
): { readonly decided: readonly DecidedCommand[]; readonly drafts: StreamStates } {
  const drafts = new Map<StreamName, StreamState>()
  const decided = group.map((waiting, index) => {
    const receipt = receipts[index] ?? null
    if (receipt !== null) return { waiting, answer: answerOf(receipt, waiting.inputHash), append: null }
    const { stream } = waiting
    const state = drafts.get(stream) ?? states.get(stream) ?? emptyStream(stream)
    const { decision, draft } = decideOne(waiting, state)
    drafts.set(stream, draft)
    return decision
  })
  return { decided, drafts }
}

function decideOne(
  waiting: WaitingCommand,
  state: StreamState,
): { readonly decision: DecidedCommand; readonly draft: StreamState } {
  const { command, meta, stream } = waiting
  const decision = decide(command, state)
  if (!decision.ok) return { decision: { waiting, answer: decision, append: null }, draft: state }
  const events = decision.value
  const answer = ok({ position: null, result: resultOf(command) })
  const receipt = newReceipt(waiting)
  const append =
    events.length === 0 && receipt === null ? null : { stream, expectedVersion: state.version, events, meta, receipt }
  return { decision: { waiting, answer, append }, draft: events.reduce(evolve, state) }
}

function newReceipt({ command, meta, inputHash }: WaitingCommand): Append['receipt'] {
  if (meta.idempotency === null || inputHash === null) return null
  return { key: meta.idempotency.key, commandType: command.type, inputHash, result: resultOf(command) }
}

/** What was answered when the wish was granted before; a refusal if it was another wish. */
export function answerOf(receipt: Receipt, inputHash: string | null): Result<Accepted, Refusal> {
  if (receipt.inputHash !== inputHash) return err({ type: 'IdempotencyKeyReused', key: receipt.key })
  // What was stored is what `resultOf` made for the same command.
  return ok({ position: receipt.position, result: receipt.result as CommandResult })
}
