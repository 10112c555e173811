import type { Append, Appended, AppendRefusal, EventLog } from '../events/event-log.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { Result } from '../domain/result.ts'
import { placeOfEvent, type SpanPlace, type Tracer } from './traces/tracer.ts'
import type { SpansUnderWay } from './traces/spans-under-way.ts'

/** What writes events, as those who decide commands know it. */
export type WritingLog = Pick<EventLog, 'append' | 'findReceipt' | 'readStream'>

export interface AppendWatchPorts {
  /** Is told how long each append of a group took, and whether it was written. */
  readonly onAppended: (seconds: number, isWritten: boolean) => void
  /** Null where nothing is traced. */
  readonly tracer: Tracer | null
  readonly spans: SpansUnderWay
}

type Outcomes = readonly Result<Appended, AppendRefusal>[]

/** Measures and traces what is written. Outcomes and faults pass unchanged. */
export function watchAppends(log: WritingLog, { onAppended, tracer, spans }: AppendWatchPorts): WritingLog {
  async function append(appends: readonly Append[]): Promise<Outcomes> {
    const began = performance.now()
    let isWritten = false
    try {
      const outcomes = await log.append(appends)
      isWritten = true
      return outcomes
    } finally {
      onAppended((performance.now() - began) / 1000, isWritten)
    }
  }

  return {
    append: tracer === null ? append : traced(append, tracer, spans),
    findReceipt: async (...key) => log.findReceipt(...key),
    readStream: (...from) => log.readStream(...from),
  }
}

/**
 * A group is a trace of its own, with a link to each wish that it serves; each event is a span of its own wish, and a child of
 * the command that led to it.
 */
function traced(append: EventLog['append'], tracer: Tracer, spans: SpansUnderWay): EventLog['append'] {
  return async (appends) => {
    const commands = appends.map(({ meta }) => spans.commandOf(meta))
    const links = commands.filter((place) => place !== null)
    const attributes = { 'seedbank.appends': appends.length }
    const group = tracer.begin({ name: 'append', correlationId: null, links, attributes })
    const startedAt = Date.now()
    try {
      const outcomes = await append(appends)
      const events = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.events] : [[]]))
      events.forEach((each, index) => {
        for (const recorded of each) tellEvent(tracer, recorded, { parent: commands[index] ?? null, group, startedAt })
      })
      group.end({ 'seedbank.events': events.flat().length })
      return outcomes
    } catch (fault) {
      group.end({}, fault)
      throw fault
    }
  }
}

function tellEvent(
  tracer: Tracer,
  { event, id, position, correlationId }: Recorded,
  {
    parent,
    group,
    startedAt,
  }: { readonly parent: SpanPlace | null; readonly group: SpanPlace; readonly startedAt: number },
): void {
  const { spanId } = placeOfEvent(correlationId, id)
  const attributes = { 'seedbank.event': id, 'seedbank.position': position }
  tracer.begin({ name: event.type, correlationId, parent, spanId, links: [group], attributes, startedAt }).end()
}
