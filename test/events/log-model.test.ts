import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { Append, EventQuery } from '../../src/events/event-log.ts'
import type { Actor, CorrelationId, Position, Recorded, StreamName } from '../../src/events/recorded-event.ts'
import {
  appendOf,
  infoHashNumber,
  receiptOf,
  sampleMeta,
  seedingStarted,
  streamNumber,
} from '../support/sample-events.ts'
import { failingAt } from '../support/sample-projection.ts'
import { openTemporaryLog } from '../support/temporary-log.ts'

const POISON = 13

const randomAppend = fc.record({
  community: fc.integer({ min: 1, max: 3 }),
  /** How far the expected version is off. */
  off: fc.constantFrom(0, 0, 0, 0, -1, 1),
  numbers: fc.array(fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, POISON), { maxLength: 3 }),
  key: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
  input: fc.constantFrom('1', '2'),
})
type RandomAppend = typeof randomAppend extends fc.Arbitrary<infer Value> ? Value : never

/** What a log is, in the fewest words: the log must answer as this does. */
class ModelLog {
  readonly events: { stream: StreamName; version: number; event: DomainEvent }[] = []
  readonly #receipts = new Map<string, string>()

  versionOf(stream: StreamName): number {
    return this.events.filter((event) => event.stream === stream).length
  }

  append({ stream, expectedVersion, events, receipt }: Append): string {
    const earlier = receipt === null ? undefined : this.#receipts.get(receipt.key)
    if (earlier !== undefined) return earlier === receipt?.inputHash ? 'AlreadyAppended' : 'IdempotencyKeyReused'
    if (this.versionOf(stream) !== expectedVersion) return 'WrongExpectedVersion'
    if (events.some((event) => JSON.stringify(event.data).includes(infoHashNumber(POISON)))) return 'AppendFailed'
    for (const [index, event] of events.entries()) {
      this.events.push({ stream, version: expectedVersion + index + 1, event })
    }
    if (receipt !== null) this.#receipts.set(receipt.key, receipt.inputHash)
    return 'ok'
  }
}

function toAppend({ community, off, numbers, key, input }: RandomAppend, model: ModelLog): Append {
  const stream = streamNumber(community)
  return {
    ...appendOf([seedingStarted(1, community)], model.versionOf(stream) + off),
    events: numbers.map((number) => seedingStarted(number, community)),
    receipt: key === null ? null : receiptOf(key, input),
  }
}

test('random groups of appends are answered and kept as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(randomAppend, { maxLength: 6 }), { maxLength: 8 }), async (groups) => {
      const log = openTemporaryLog({ projections: [failingAt(infoHashNumber(POISON))] })
      const model = new ModelLog()
      for (const group of groups) {
        // The expected versions are right as of the start of the group, so that later ones of a group go stale.
        const appends = group.map((append) => toAppend(append, model))
        const outcomes = await log.append(appends)
        const answers = outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.type))
        expect(answers).toEqual(appends.map((append) => model.append(append)))
      }
      const recorded = await log.read({ limit: 1000 })
      expect(recorded.map(({ stream, version, event }) => ({ stream, version, event }))).toEqual(model.events)
      expect(recorded.map(({ position }) => position)).toEqual(model.events.map((_, index) => index + 1))
      expect(await log.verify()).toBeNull()
      await log.close()
    }),
    { numRuns: 40 },
  )
})

describe('read', () => {
  const actors: readonly Actor[] = ['local', 'cli', 'reactor:seeding']
  const correlations = ['c1', 'c2'] as CorrelationId[]
  const query = fc.record(
    {
      after: fc.integer({ min: 0, max: 60 }) as fc.Arbitrary<unknown> as fc.Arbitrary<Position>,
      before: fc.integer({ min: 0, max: 60 }) as fc.Arbitrary<unknown> as fc.Arbitrary<Position>,
      stream: fc.constantFrom(streamNumber(1), streamNumber(2), streamNumber(9)),
      types: fc.uniqueArray(fc.constantFrom('SeedingStarted', 'SeedingRequested', 'CommunityLeft')),
      actor: fc.constantFrom(...actors),
      correlationId: fc.constantFrom(...correlations),
      recordedFrom: fc.integer({ min: 0, max: 40 }) as fc.Arbitrary<unknown> as fc.Arbitrary<UnixMillis>,
      recordedTo: fc.integer({ min: 0, max: 40 }) as fc.Arbitrary<unknown> as fc.Arbitrary<UnixMillis>,
      limit: fc.integer({ min: 1, max: 70 }),
      order: fc.constantFrom('ASC', 'DESC'),
    },
    { requiredKeys: ['limit'] },
  ) as fc.Arbitrary<EventQuery>

  function selected(all: readonly Recorded[], asked: EventQuery): readonly Recorded[] {
    const found = all.filter(
      (one) =>
        one.position > (asked.after ?? 0) &&
        one.position < (asked.before ?? Infinity) &&
        one.stream === (asked.stream ?? one.stream) &&
        (asked.types ?? [one.event.type]).includes(one.event.type) &&
        one.actor === (asked.actor ?? one.actor) &&
        one.correlationId === (asked.correlationId ?? one.correlationId) &&
        one.recordedAt >= (asked.recordedFrom ?? 0) &&
        one.recordedAt < (asked.recordedTo ?? Infinity),
    )
    return (asked.order === 'DESC' ? found.toReversed() : found).slice(0, asked.limit)
  }

  test('gives what a filter over the whole log gives', async () => {
    let time = 0
    const log = openTemporaryLog({ now: () => Math.floor(time++ / 2) as UnixMillis })
    for (let number = 0; number < 60; number++) {
      const event: DomainEvent =
        number % 3 === 0
          ? { type: 'SeedingRequested', communityId: seedingStarted(1, 1 + (number % 2)).communityId, data: {} }
          : seedingStarted(number, 1 + (number % 2))
      const meta = {
        ...sampleMeta,
        actor: actors[number % 3] ?? 'node',
        correlationId: correlations[number % 2] ?? sampleMeta.correlationId,
      }
      await log.append([{ ...appendOf([event], Math.floor(number / 2)), meta }])
    }
    const all = await log.read({ limit: 1000 })
    expect(all).toHaveLength(60)
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        expect(await log.read(asked)).toEqual(selected(all, asked))
      }),
      { numRuns: 300 },
    )
  })
})
