import type { Accepted, CommandMeta, Refusal } from '../../src/commands/command-meta.ts'
import type { Command } from '../../src/domain/commands.ts'
import { decide, emptyStream, evolve, streamOfCommand, type StreamState } from '../../src/commands/stream-state.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Position, StreamName } from '../../src/events/recorded-event.ts'

type Answer = Result<Pick<Accepted, 'position'>, Refusal>

/** What executing comes to, said without groups, transactions or a disk: one command after the other. */
export interface SequentialExecutor {
  readonly facts: readonly DomainEvent[]
  execute(command: Command, meta: CommandMeta): Answer
}

export function createSequentialExecutor(): SequentialExecutor {
  const facts: DomainEvent[] = []
  const states = new Map<StreamName, StreamState>()
  const receipts = new Map<string, { readonly input: string; readonly answer: Answer }>()

  function decideAndKeep(command: Command): Answer {
    const stream = streamOfCommand(command)
    const state = states.get(stream) ?? emptyStream(stream)
    const decision = decide(command, state)
    if (!decision.ok) return decision
    states.set(stream, decision.value.reduce(evolve, state))
    facts.push(...decision.value)
    return ok({ position: decision.value.length === 0 ? null : (facts.length as Position) })
  }

  return {
    facts,
    execute(command, { actor, idempotency }) {
      if (idempotency === null) return decideAndKeep(command)
      const { key } = idempotency
      const input = JSON.stringify([command.type, idempotency.input])
      const earlier = receipts.get(`${actor} ${key}`)
      if (earlier !== undefined) {
        return earlier.input === input ? earlier.answer : err({ type: 'IdempotencyKeyReused', key })
      }
      const answer = decideAndKeep(command)
      if (answer.ok) receipts.set(`${actor} ${key}`, { input, answer })
      return answer
    },
  }
}
