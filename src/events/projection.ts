import type { CompiledQuery } from 'kysely'
import type { DomainEvent, EventType } from '../domain/events.ts'
import type { Recorded } from './recorded-event.ts'

/** What a projection does on one type of event: pure, reads nothing, no clock, no chance. */
export type ProjectionHandler<Type extends EventType> = (
  recorded: Recorded<Extract<DomainEvent, { readonly type: Type }>>,
) => readonly CompiledQuery[]

/**
 * A read model that the log keeps, in the transaction that appends the event.
 *
 * Handlers return statements over the projection's own tables; what depends on old rows is said
 * in SQL. So the rows can be rebuilt from position 0 at any time.
 */
export interface Projection {
  readonly name: string
  /** Raise it to have the rows rebuilt from position 0 at the next start. */
  readonly version: number
  /** The names of its tables, dropped before a rebuild. */
  readonly tables: readonly string[]
  /** The statements that create its tables and indexes. */
  readonly create: readonly CompiledQuery[]
  readonly on: { readonly [Type in EventType]?: ProjectionHandler<Type> }
}
