import type { TokenId } from '../domain/access-token.ts'
import type { ImportId, RunId } from '../domain/archive.ts'
import type { Command } from '../domain/commands.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { DomainRefusal } from '../domain/refusals.ts'
import type { Result } from '../domain/result.ts'
import type { WebhookId } from '../domain/webhook.ts'
import type { IdempotencyKeyReused } from '../events/event-log.ts'
import type { EventMeta, Position } from '../events/recorded-event.ts'

/** Who wishes, in which connection, and how a repetition of the wish is recognised. */
export interface CommandMeta extends EventMeta {
  readonly idempotency: Idempotency | null
}

export interface Idempotency {
  /** Chosen by the client; counts for its actor alone. */
  readonly key: string
  /** The wish as it was sent. The command itself may hold what each try has its own of. */
  readonly input: unknown
}

/** The wish was granted. */
export interface Accepted {
  /** The last event that it led to; null where all was as wished already. */
  readonly position: Position | null
  readonly result: CommandResult
}

/** What the wisher could not know before. */
export interface CommandResult {
  readonly communityId?: CommunityId
  readonly runId?: RunId
  readonly importId?: ImportId
  readonly tokenId?: TokenId
  readonly webhookId?: WebhookId
}

export type Refusal = DomainRefusal | IdempotencyKeyReused

/**
 * Decides a command and appends what it leads to.
 *
 * @returns After the commit that holds the events. A refusal wrote nothing.
 * @throws When the log is broken; then nothing was written either.
 */
export type Execute = (command: Command, meta: CommandMeta) => Promise<Result<Accepted, Refusal>>

/** What the answer to a granted command tells, kept in its receipt. */
export function resultOf(command: Command): CommandResult {
  if ('tokenId' in command) return { tokenId: command.tokenId }
  if ('webhookId' in command) return { webhookId: command.webhookId }
  if (!('communityId' in command)) return {}
  const { communityId } = command
  switch (command.type) {
    case 'CreateArchive':
    case 'CreateScheduledArchive':
      return { communityId, runId: command.runId }
    case 'StartImport':
      return { communityId, importId: command.importId }
    default:
      return { communityId }
  }
}
