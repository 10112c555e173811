import type { WatchWork } from '../reactors/watch-work.ts'
import type { EventId } from '../events/recorded-event.ts'
import type { DebugLog } from './debug-log.ts'
import { placeOfEvent, type Tracer } from './traces/tracer.ts'

export interface WorkWatchPorts {
  readonly log: DebugLog
  /** Null where nothing is traced. */
  readonly tracer: Tracer | null
}

/** Tells and traces what reactors do. Its parent is the event that led to it, whenever that was recorded. */
export function createWorkWatch({ log, tracer }: WorkWatchPorts): WatchWork {
  return async (watched, work, outcomeOf) => {
    const { name, cause, correlationId, attributes } = watched
    const startedAt = performance.now()
    const parent = placeOfEvent(correlationId, cause as EventId)
    const span = tracer?.begin({ name, correlationId, parent, attributes: prefixed(attributes) })
    const tell = (outcome: string, fault?: unknown): void => {
      span?.end({ outcome }, fault)
      const ms = Math.round(performance.now() - startedAt)
      log.debug({ work: name, ...attributes, outcome, ms, correlationId, causationId: cause }, 'Work is over')
    }
    try {
      const done = await work()
      tell(outcomeOf(done))
      return done
    } catch (fault) {
      tell('fault', fault)
      throw fault
    }
  }
}

function prefixed(attributes: Parameters<WatchWork>[0]['attributes']): Readonly<Record<string, string | number>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`seedbank.${name}`, value]))
}
