import { err, ok, type Result } from '../domain/result.ts'
import type { EventLog, IdempotencyKeyReused } from '../events/event-log.ts'
import type { StreamName } from '../events/recorded-event.ts'
import type { Accepted, CommandMeta, Refusal } from './command-meta.ts'
import { answerOf } from './decide-group.ts'
import { hashInput } from './input-hash.ts'

/** Says what was answered when this very wish was granted before; null when it is new. */
export type FindEarlierAnswer = (commandType: string, meta: CommandMeta) => Promise<Result<Accepted, Refusal> | null>

/**
 * Lets a wish that takes preparation, such as a signature, be recognised before it is prepared.
 *
 * `execute` looks again, in the transaction: this alone does not keep a wish from being granted twice.
 */
export function createEarlierAnswerFinder(log: Pick<EventLog, 'findReceipt'>): FindEarlierAnswer {
  return async (commandType, { actor, idempotency }) => {
    const receipt = idempotency && (await log.findReceipt(actor, idempotency.key))
    return receipt && idempotency && answerOf(receipt, hashInput(commandType, idempotency.input))
  }
}

/** Nothing is ever recorded in it; receipts of work outside the log stand on its version, 0. */
const NO_STREAM = 'outside-the-log' as StreamName

/**
 * Does work outside the log once for each key: its answer is kept in a receipt, like a command's.
 *
 * The work must be harmless to repeat, as a crash can come between it and the receipt.
 *
 * @returns The answer of the first time; `IdempotencyKeyReused` when the key was another wish's.
 */
export async function answerOnce<Answer, Refused>(
  log: Pick<EventLog, 'append' | 'findReceipt'>,
  commandType: string,
  meta: CommandMeta,
  work: () => Promise<Result<Answer, Refused>>,
): Promise<Result<Answer, Refused | IdempotencyKeyReused>> {
  if (meta.idempotency === null) return work()
  const { key, input } = meta.idempotency
  const inputHash = hashInput(commandType, input)
  const earlier = await log.findReceipt(meta.actor, key)
  if (earlier !== null) {
    // What was stored under this hash is what this work answered.
    return earlier.inputHash === inputHash ? ok(earlier.result as Answer) : err({ type: 'IdempotencyKeyReused', key })
  }
  const answer = await work()
  if (!answer.ok) return answer
  const receipt = { key, commandType, inputHash, result: answer.value }
  const [kept] = await log.append([{ stream: NO_STREAM, expectedVersion: 0, events: [], meta, receipt }])
  // The same wish, sent twice at once, may have been answered by the other one first.
  if (kept?.ok === false && kept.error.type === 'AlreadyAppended') return ok(kept.error.receipt.result as Answer)
  if (kept?.ok === false && kept.error.type === 'IdempotencyKeyReused') return err(kept.error)
  if (kept?.ok !== true) throw new Error(`Cannot keep the receipt of ${commandType}`, { cause: kept?.error })
  return answer
}
