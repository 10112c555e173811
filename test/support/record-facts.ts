import type { DomainEvent } from '../../src/domain/events.ts'
import type { EventLog } from '../../src/events/event-log.ts'
import { streamOf, type CorrelationId } from '../../src/events/recorded-event.ts'
import { valueOf } from './value-of.ts'

/** What all facts that are recorded by this have in common. */
export const FACTS_CORRELATION_ID = '6f1c8a52-9b1d-4f7e-8a35-0c2f6c1e9d10' as CorrelationId

/** Appends facts to the log as they are, each in a transaction of its own. */
export async function recordFacts(log: EventLog, facts: readonly DomainEvent[]): Promise<void> {
  for (const fact of facts) {
    const stream = streamOf(fact)
    const [last] = await log.read({ stream, order: 'DESC', limit: 1 })
    const meta = { actor: 'local', correlationId: FACTS_CORRELATION_ID, causationId: null } as const
    const expectedVersion = last?.version ?? 0
    const [outcome] = await log.append([{ stream, expectedVersion, events: [fact], meta, receipt: null }])
    if (outcome === undefined) throw new Error(`The log answered nothing to ${fact.type}`)
    valueOf(outcome)
  }
}
