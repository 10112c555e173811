import type { CommunityId } from '../../src/domain/community-id.ts'
import type { CommunityEvent, DomainEvent, SeedingStarted } from '../../src/domain/events.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { Append } from '../../src/events/event-log.ts'
import { type CorrelationId, type EventMeta, type StreamName, streamOf } from '../../src/events/recorded-event.ts'

/** A native community id that is easy to tell from others. */
export function communityNumber(number: number): CommunityId {
  return `0x${number.toString(16).padStart(64, '0')}` as CommunityId
}

/** An info hash that is easy to tell from others. */
export function infoHashNumber(number: number): InfoHash {
  return number.toString(16).padStart(40, '0') as InfoHash
}

export const sampleMeta: EventMeta = {
  actor: 'local',
  correlationId: '5f0c954e-2f5c-4c39-9c35-6f1f6c3c2a10' as CorrelationId,
  causationId: null,
}

/** Something that can be told apart by its number, in the stream of a community. */
export function seedingStarted(number: number, community = 1): SeedingStarted {
  return {
    type: 'SeedingStarted',
    communityId: communityNumber(community),
    data: { infoHash: infoHashNumber(number) },
  }
}

export const archivingEnabled: CommunityEvent = {
  type: 'ArchivingEnabled',
  communityId: communityNumber(1),
  data: {},
}

/** An append of events of one stream, the first of which says which stream. */
export function appendOf(events: readonly [DomainEvent, ...DomainEvent[]], expectedVersion: number): Append {
  return { stream: streamOf(events[0]), expectedVersion, events, meta: sampleMeta, receipt: null }
}

/** The wish of a key: what is answered, and what makes it the same wish. */
export function receiptOf(key: string, inputHash = 'a'.repeat(64)): NonNullable<Append['receipt']> {
  return { key, commandType: 'RequestSeeding', inputHash, result: { accepted: true } }
}

export function streamNumber(number: number): StreamName {
  return streamOf(seedingStarted(1, number))
}
