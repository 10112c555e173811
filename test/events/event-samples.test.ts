import { describe, expect, test } from 'vitest'
import { decodeEvent } from '../../src/events/event-codec.ts'
import { EVENT_SCHEMAS, type EventData, type EventSchemas } from '../../src/events/event-schemas.ts'
import { namesOfSamples, readEventSamples, shapeOf, type EventSample } from '../support/event-samples.ts'
import { ONE_OF_EACH } from '../support/one-of-each-event.ts'
import { streamNumber } from '../support/sample-events.ts'

const samples = readEventSamples()

/** The data of a sample in the shape that is written now. */
function broughtUp({ type, version, data }: EventSample, schemas: EventSchemas): EventData {
  const row = [
    1,
    streamNumber(1),
    1,
    'id',
    type,
    version,
    1000,
    'cli',
    'correlation',
    null,
    JSON.stringify(data),
  ] as const
  return decodeEvent(row, schemas).event.data as EventData
}

/** What is wrong with a set of schemas, by the samples: one line each. */
function faultsOf(schemas: EventSchemas, all: readonly EventSample[]): readonly string[] {
  const names = all.map(({ type, version }) => `${type}.v${version}`)
  const missing = namesOfSamples(schemas).filter((name) => !names.includes(name))
  const surplus = names.filter((name) => !namesOfSamples(schemas).includes(name))
  const newest = new Map(all.filter(isNewest).map(({ type, data }) => [type, shapeOf(data)]))
  const misshapen = all.flatMap((sample) => {
    try {
      const shape = shapeOf(broughtUp(sample, schemas))
      return JSON.stringify(shape) === JSON.stringify(newest.get(sample.type)) ? [] : [`${nameOf(sample)} is misshapen`]
    } catch (fault) {
      return [`${nameOf(sample)}: ${String(fault)}`]
    }
  })
  return [...missing.map((name) => `${name} is missing`), ...surplus.map((name) => `${name} is surplus`), ...misshapen]

  function isNewest({ type, version }: EventSample): boolean {
    return Object.entries(schemas.current).some(([name, current]) => name === type && current === version)
  }
}

function nameOf({ type, version }: EventSample): string {
  return `${type}.v${version}`
}

function sampleOf(version: number, data: EventData): EventSample {
  return { type: 'SeedingStarted', version, data }
}

describe('the stored samples of events', () => {
  test('are there for each type and version that was ever written, and lead to the shape that is written now', () => {
    expect(samples.length).toBeGreaterThan(40)
    expect(faultsOf(EVENT_SCHEMAS, samples)).toEqual([])
  })

  test.each(Object.values(ONE_OF_EACH).map((event) => [event.type, event] as const))(
    '%s is still written in the shape of its newest sample: another shape is another version',
    (type, { data }) => {
      const version = EVENT_SCHEMAS.current[type]
      const sample = samples.find((each) => each.type === type && each.version === version)
      expect(shapeOf(data)).toEqual(shapeOf(sample?.data))
    },
  )
})

describe('a version that is raised', () => {
  const raised = (version: number, upcasters: EventSchemas['upcasters'] = {}): EventSchemas => ({
    current: { ...EVENT_SCHEMAS.current, SeedingStarted: version },
    upcasters,
  })
  const inSpeech = sampleOf(2, { hash: { text: 'ab', bits: 160 } })
  const first = (data: EventData): EventData => ({ hash: { text: data['infoHash'] } })
  const second = ({ hash }: EventData): EventData => ({ hash: { ...(hash as EventData), bits: 160 } })

  test('without an upcaster and without a sample is found', () => {
    const faults = faultsOf(raised(2), samples)
    expect(faults).toContain('SeedingStarted.v2 is missing')
    expect(faults).toContainEqual(
      expect.stringMatching(/^SeedingStarted\.v1: UnknownEvent: .+version 1 is unknown: .+$/),
    )
  })

  test('with a sample alone, or an upcaster that misses the shape of it, is found', () => {
    const all = [...samples, inSpeech]
    expect(faultsOf(raised(2), all)).toEqual([expect.stringMatching(/^SeedingStarted\.v1: UnknownEvent/)])
    expect(faultsOf(raised(2, { SeedingStarted: { 1: first } }), all)).toEqual(['SeedingStarted.v1 is misshapen'])
  })

  test('twice goes by two upcasters, one after the other, from the sample of each version', () => {
    const all = [...samples, sampleOf(2, { hash: { text: 'ab' } }), sampleOf(3, { hash: { text: 'ab', bits: 160 } })]
    const schemas = raised(3, { SeedingStarted: { 1: first, 2: second } })
    expect(faultsOf(schemas, all)).toEqual([])
    const oldest = samples.find(({ type }) => type === 'SeedingStarted')
    expect(broughtUp(oldest ?? expect.unreachable(), schemas)).toEqual({
      hash: { text: oldest?.data['infoHash'], bits: 160 },
    })
    expect(faultsOf(raised(3, { SeedingStarted: { 2: second } }), all)).toContainEqual(
      expect.stringMatching(/^SeedingStarted\.v1: UnknownEvent/),
    )
  })
})
