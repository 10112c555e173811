import { describe, expect, test } from 'vitest'
import { decodeEvent, UnknownEvent } from '../../src/events/event-codec.ts'
import type { EventRow } from '../../src/events/event-row.ts'
import { EVENT_SCHEMAS, type EventSchemas } from '../../src/events/event-schemas.ts'
import { communityNumber, infoHashNumber, streamNumber } from '../support/sample-events.ts'

function row(type: string, schemaVersion: number, dataText: string, stream: string = streamNumber(7)): EventRow {
  return [3, stream, 2, 'id', type, schemaVersion, 1000, 'cli', 'correlation', 'cause', dataText]
}

/** A later program, whose SeedingStarted has been changed twice. */
const later: EventSchemas = {
  current: { ...EVENT_SCHEMAS.current, SeedingStarted: 3 },
  upcasters: {
    SeedingStarted: {
      1: ({ hash, ...rest }) => ({ ...rest, infohash: hash }),
      2: ({ infohash, ...rest }) => ({ ...rest, infoHash: infohash }),
    },
  },
}

describe('decodeEvent', () => {
  test('takes the community from the stream', () => {
    expect(decodeEvent(row('SeedingRequested', 1, '{}'))).toEqual({
      position: 3,
      stream: streamNumber(7),
      version: 2,
      id: 'id',
      recordedAt: 1000,
      actor: 'cli',
      correlationId: 'correlation',
      causationId: 'cause',
      event: { type: 'SeedingRequested', communityId: communityNumber(7), data: {} },
    })
    expect(decodeEvent(row('ProtocolEnabled', 1, '{}', 'node')).event).toEqual({ type: 'ProtocolEnabled', data: {} })
  })

  test.each([
    [1, { hash: infoHashNumber(1) }],
    [2, { infohash: infoHashNumber(1) }],
    [3, { infoHash: infoHashNumber(1) }],
  ])('brings data of version %d to the present one', (version, data) => {
    const { event } = decodeEvent(row('SeedingStarted', version, JSON.stringify(data)), later)
    expect(event.data).toEqual({ infoHash: infoHashNumber(1) })
  })

  test.each([
    ['a type of a later program', 'SeedingDreamtOf', 1],
    ['a name that every object has', 'toString', 1],
    ['a version of a later program', 'SeedingStarted', 4],
    ['a version without an upcaster', 'SeedingStarted', 0],
  ])('refuses %s, naming position, type and version', (_, eventType, schemaVersion) => {
    const decode = (): unknown => decodeEvent(row(eventType, schemaVersion, '{}'), later)
    expect(decode).toThrow(UnknownEvent)
    expect(decode).toThrow(expect.objectContaining({ position: 3, eventType, schemaVersion }))
  })
})
