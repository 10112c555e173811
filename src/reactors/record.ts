import type { Command } from '../domain/commands.ts'
import type { Result } from '../domain/result.ts'

/** What made a reactor act: the event that made the thing wanted, and the wish behind it. */
export interface Cause {
  readonly cause: string
  readonly correlationId: string
}

/**
 * Tells the outcome of an act as a command, in the reactor's own name.
 *
 * A refusal means that the state has moved on since the reactor looked; it will look again.
 */
export type RecordOutcome = (command: Command, cause: Cause) => Promise<Result<unknown, { readonly type: string }>>
