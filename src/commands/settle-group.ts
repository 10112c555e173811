import { err, ok, type Result } from '../domain/result.ts'
import type { Appended, AppendRefusal } from '../events/event-log.ts'
import type { StreamName } from '../events/recorded-event.ts'
import { answerOf, type DecidedCommand } from './decide-group.ts'
import type { WaitingCommand } from './waiting-command.ts'

/** What is left of a group after its commit. */
export interface SettledGroup {
  /** Commands to be decided anew, in order. */
  readonly again: readonly WaitingCommand[]
  /** Streams whose drafts did not come to be. */
  readonly broken: ReadonlySet<StreamName>
}

/**
 * Answers the commands of a group whose commit is durable.
 *
 * After an append that was not written, what follows in the same stream was decided on a state
 * that did not come to be. So it is decided anew, even where nothing was to be appended. What was
 * written all the same is answered, and never decided twice.
 *
 * @param outcomes One for each append of the group, in order.
 */
export function settleGroup(
  decided: readonly DecidedCommand[],
  outcomes: readonly Result<Appended, AppendRefusal>[],
): SettledGroup {
  const again: WaitingCommand[] = []
  const broken = new Set<StreamName>()
  const pending = outcomes.values()
  for (const { waiting, answer, append } of decided) {
    const outcome = append === null ? null : (pending.next().value ?? null)
    if (outcome?.ok === true) {
      // Also in a stream where an append without events was refused: the version that this one stood on held.
      waiting.settle(
        answer.ok ? ok({ ...answer.value, position: outcome.value.events.at(-1)?.position ?? null }) : answer,
      )
    } else if (broken.has(waiting.stream)) {
      again.push(waiting)
    } else if (outcome === null) {
      waiting.settle(answer)
    } else {
      broken.add(waiting.stream)
      if (!settleRefused(waiting, outcome.error)) again.push(waiting)
    }
  }
  return { again, broken }
}

/** @returns Whether the refusal is the answer; where the state was overtaken, it is not. */
function settleRefused(waiting: WaitingCommand, refusal: AppendRefusal): boolean {
  switch (refusal.type) {
    case 'WrongExpectedVersion':
      return false
    case 'AlreadyAppended':
      waiting.settle(answerOf(refusal.receipt, waiting.inputHash))
      return true
    case 'IdempotencyKeyReused':
      waiting.settle(err(refusal))
      return true
    case 'AppendFailed': {
      const { type } = waiting.command
      waiting.fail(new Error(`Cannot append what ${type} was decided to lead to`, { cause: refusal.cause }))
      return true
    }
  }
}
