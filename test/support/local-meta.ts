import type { CommandMeta } from '../../src/commands/command-meta.ts'
import type { CorrelationId } from '../../src/events/recorded-event.ts'

/** Who wishes, in tests that speak to `execute` and not to the API. */
export function localMeta(): CommandMeta {
  return { actor: 'local', correlationId: crypto.randomUUID() as CorrelationId, causationId: null, idempotency: null }
}
