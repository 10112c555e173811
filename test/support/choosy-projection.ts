import type { Projection } from '../../src/events/projection.ts'
import type { CorrelationId, Recorded } from '../../src/events/recorded-event.ts'

/** A projection that has no tables, and fails on what came of certain wishes. */
export interface ChoosyProjection {
  readonly projection: Projection
  /** The correlation ids of wishes whose events it cannot take. */
  readonly refused: Set<CorrelationId>
}

export function createChoosyProjection(): ChoosyProjection {
  const refused = new Set<CorrelationId>()
  const check = ({ correlationId }: Recorded): [] => {
    if (refused.has(correlationId)) throw new Error('made by a test')
    return []
  }
  const on = {
    ArchivingEnabled: check,
    ArchivingDisabled: check,
    ContentTopicsChanged: check,
    CommunityLeft: check,
  }
  return { projection: { name: 'choosy', version: 1, tables: [], create: [], on }, refused }
}
