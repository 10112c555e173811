import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import { openReadOnly } from '../../src/events/database.ts'
import type { EventLog } from '../../src/events/event-log.ts'
import { rebuildInto } from '../../src/events/projection-runner.ts'
import { BEFORE_ALL, streamOf, type Recorded, type StreamName } from '../../src/events/recorded-event.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { projections } from '../../src/projections/read-models.ts'
import { nodeLife, type Append } from '../support/node-play.ts'
import { correlationId, recorded } from '../support/projected.ts'
import { dumpTables } from '../support/dump-tables.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const tables = projections.flatMap((projection) => projection.tables)

/** One append a transaction, each a second after the one before. */
async function appendAll(log: EventLog, appends: readonly Append[]): Promise<void> {
  const versions = new Map<StreamName, number>()
  for (const [index, { events }] of appends.entries()) {
    const [first] = events
    if (first === undefined) throw new Error('An append without events has no stream')
    const stream = streamOf(first)
    const expectedVersion = versions.get(stream) ?? 0
    const meta = { actor: 'local', correlationId: correlationId(index), causationId: null } as const
    const [outcome] = await log.append([{ stream, expectedVersion, events, meta, receipt: null }])
    if (outcome === undefined) throw new Error('The log did not tell what became of an append')
    valueOf(outcome)
    versions.set(stream, expectedVersion + events.length)
  }
}

async function readAll(log: EventLog): Promise<readonly Recorded[]> {
  const events: Recorded[] = []
  while ((events.at(-1)?.position ?? BEFORE_ALL) < log.head()) {
    events.push(...(await log.read({ after: events.at(-1)?.position ?? BEFORE_ALL, limit: 100 })))
  }
  return events
}

test('rebuilt read models equal live ones, whatever happened', async () => {
  const folder = createTemporaryFolder()
  let lives = 0
  await fc.assert(
    fc.asyncProperty(nodeLife, async ({ appends }) => {
      const file = join(folder, `${lives++}.db`)
      let seconds = 0
      const log = openEventLog({ file, projections, now: () => (++seconds * 1000) as UnixMillis })
      const [live, rebuilt] = [openReadOnly(file), new Database(':memory:')]
      try {
        await appendAll(log, appends)
        await rebuildInto(rebuilt, projections, await readAll(log))
        expect(dumpTables(rebuilt, tables)).toEqual(dumpTables(live, tables))
      } finally {
        live.close()
        rebuilt.close()
        await log.close()
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)

test('the text of the statements depends on the type of the event alone, so that they stay prepared', () => {
  const texts = new Map<string, string>()
  fc.assert(
    fc.property(nodeLife, ({ appends }) => {
      for (const each of recorded(appends.flatMap(({ events }) => events))) {
        for (const { name, on } of projections) {
          // A handler takes the events of the type it stands under.
          const handle = on[each.event.type] as ((event: Recorded) => readonly { sql: string }[]) | undefined
          const key = `${name} on ${each.event.type}`
          const text =
            handle?.(each)
              .map(({ sql }) => sql)
              .join(';\n') ?? ''
          expect(text).toBe(texts.get(key) ?? text)
          texts.set(key, text)
        }
      }
    }),
    { numRuns: 20 },
  )
})
