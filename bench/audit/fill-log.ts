import { randomUUID } from 'node:crypto'
import type { RunId } from '../../src/domain/archive.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { type Actor, communityStream, NODE_STREAM, type StreamName } from '../../src/events/recorded-event.ts'
import type { CorrelationId, EventId } from '../../src/events/recorded-event.ts'
import { openBulkLog, type BulkLog } from './bulk-log.ts'
import { beginning, communityOf, weekOf } from './made-up-past.ts'

/** About two years of events for each community. */
const EVENTS_A_COMMUNITY = 1_000
const WEEK_MS = 604_800_000
const FIRST_MS = 1_672_531_200_000

/** Where the next event of a stream goes, and what led to it. */
interface Stream {
  readonly name: StreamName
  version: number
  correlationId: CorrelationId
  causationId: EventId | null
}

/** Makes a log of so many events: weeks in the life of a node and its communities, which take turns. */
export function fillLog(file: string, events: number): void {
  const log = openBulkLog(file)
  const node = streamNamed(NODE_STREAM)
  const communities = Array.from({ length: Math.max(1, Math.round(events / EVENTS_A_COMMUNITY)) }, (_, each) =>
    streamNamed(communityStream(communityOf(each))),
  )
  const add = (stream: Stream, actor: Actor, told: readonly DomainEvent[], now: number): void => {
    for (const event of told) if (log.head() < events) append(log, stream, actor, event, now)
  }
  for (const [each, stream] of communities.entries()) add(stream, 'local', beginning(each).events, FIRST_MS)
  for (let week = 0; log.head() < events; week += 1) {
    const beganAt = FIRST_MS + week * WEEK_MS
    wish(node)
    const started = { runId: randomUUID() as RunId, version: '0.1.0', lastSeenAt: beganAt as UnixMillis }
    add(node, 'node', [{ type: 'NodeStarted', data: started }], beganAt)
    communities.forEach(wish)
    const weeks = communities.map((_, each) => weekOf(each, week))
    const steps = Math.max(...weeks.map((told) => told.length))
    for (let step = 0; step < steps; step += 1) {
      const now = beganAt + Math.floor((step * WEEK_MS) / steps)
      for (const [each, stream] of communities.entries()) {
        const told = weeks[each]?.[step]
        if (told !== undefined) add(stream, told.actor, told.events, now)
      }
    }
  }
  log.close()
}

function append(log: BulkLog, stream: Stream, actor: Actor, event: DomainEvent, now: number): void {
  const { correlationId, causationId } = stream
  stream.version += 1
  const meta = { actor, correlationId, causationId }
  stream.causationId = log.add(stream.name, stream.version, event, meta, now as UnixMillis)
}

function wish(stream: Stream): void {
  stream.correlationId = randomUUID() as CorrelationId
  stream.causationId = null
}

function streamNamed(name: StreamName): Stream {
  return { name, version: 0, correlationId: randomUUID() as CorrelationId, causationId: null }
}
