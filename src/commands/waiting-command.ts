import type { Command } from '../domain/commands.ts'
import type { Result } from '../domain/result.ts'
import type { StreamName } from '../events/recorded-event.ts'
import type { Accepted, CommandMeta, Refusal } from './command-meta.ts'

/** A command that waits for the next group, and whom to answer. */
export interface WaitingCommand {
  readonly command: Command
  readonly meta: CommandMeta
  readonly stream: StreamName
  /** Null without an idempotency key. */
  readonly inputHash: string | null
  readonly settle: (answer: Result<Accepted, Refusal>) => void
  readonly fail: (fault: unknown) => void
}

/** Of commands with one key, the first goes now; the others will find its receipt later. */
export function separateRepeatedKeys(group: readonly WaitingCommand[]): {
  readonly now: readonly WaitingCommand[]
  readonly later: readonly WaitingCommand[]
} {
  const seen = new Set<string>()
  const now: WaitingCommand[] = []
  const later: WaitingCommand[] = []
  for (const waiting of group) {
    const { actor, idempotency } = waiting.meta
    const name = idempotency && `${actor} ${idempotency.key}`
    if (name !== null && seen.has(name)) later.push(waiting)
    else now.push(waiting)
    if (name !== null) seen.add(name)
  }
  return { now, later }
}
