import type { Append as LogAppend } from '../../src/events/event-log.ts'
import { streamOf, type EventId, type StreamName } from '../../src/events/recorded-event.ts'
import type { Append } from './node-play.ts'
import { correlationId } from './projected.ts'
import { receiptOf } from './sample-events.ts'

/** What the log is asked to append for a life, each wish with a receipt of its own, every third caused by an event. */
export function appendsOfLife(appends: readonly Append[]): readonly LogAppend[] {
  const versions = new Map<StreamName, number>()
  return appends.flatMap(({ events }, index) => {
    const [first] = events
    if (first === undefined) return []
    const stream = streamOf(first)
    const expectedVersion = versions.get(stream) ?? 0
    versions.set(stream, expectedVersion + events.length)
    const causationId = index % 3 === 0 ? (`cause ${index}` as EventId) : null
    const meta = { actor: 'local', correlationId: correlationId(index), causationId } as const
    return [{ stream, expectedVersion, events, meta, receipt: receiptOf(`key ${index}`) }]
  })
}
