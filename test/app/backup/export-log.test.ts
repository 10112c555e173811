import Database from 'better-sqlite3'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportLog } from '../../../src/app/backup/export-log.ts'
import { importLog } from '../../../src/app/backup/import-log.ts'
import { systemClock } from '../../../src/app/system-clock.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import type { Position, StreamName } from '../../../src/events/recorded-event.ts'
import { streamOf } from '../../../src/events/recorded-event.ts'
import { openEventLog } from '../../../src/events/sqlite-event-log.ts'
import { projections } from '../../../src/projections/read-models.ts'
import { dumpTables } from '../../support/dump-tables.ts'
import { nodeLife, type Append } from '../../support/node-play.ts'
import { correlationId } from '../../support/projected.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { tokenCreated, tokenRevoked } from '../../support/token-facts.ts'
import { valueOf } from '../../support/value-of.ts'

const TABLES = [
  'event',
  'log_identity',
  'log_head',
  'projection_version',
  ...projections.flatMap(({ tables }) => tables),
]

/** A data directory with the log of a life. */
async function recordLife(appends: readonly Pick<Append, 'events'>[]): Promise<string> {
  const dataDir = createTemporaryFolder()
  const log = openEventLog({ file: join(dataDir, 'seedbank.db'), projections })
  const versions = new Map<StreamName, number>()
  const all = appends.map(({ events }, index) => {
    const [first] = events
    if (first === undefined) throw new Error('An append without events has no stream')
    const stream = streamOf(first)
    const expectedVersion = versions.get(stream) ?? 0
    versions.set(stream, expectedVersion + events.length)
    const meta = { actor: 'local', correlationId: correlationId(index), causationId: null } as const
    return { stream, expectedVersion, events, meta, receipt: null }
  })
  for (const outcome of await log.append(all)) valueOf(outcome)
  await log.close()
  return dataDir
}

async function linesOf(dataDir: string): Promise<readonly string[]> {
  using log = valueOf(exportLog(dataDir))
  const lines: string[] = []
  for await (const { text } of log.lines()) lines.push(text)
  return lines
}

async function importLines(lines: readonly string[], dataDir = createTemporaryFolder()): ReturnType<typeof importLog> {
  const file = join(createTemporaryFolder(), 'log.ndjson')
  writeFileSync(file, lines.join('\n'))
  return importLog({ file, dataDir, now: systemClock.now, onProgress: () => undefined })
}

function dump(dataDir: string): ReturnType<typeof dumpTables> {
  const db = new Database(join(dataDir, 'seedbank.db'), { readonly: true })
  const dumped = dumpTables(db, TABLES)
  db.close()
  return dumped
}

describe('a log that was exported', { timeout: 60_000 }, () => {
  test('is imported as it was: events, leaves, links, head and read models, for any life of a node', async () => {
    await fc.assert(
      fc.asyncProperty(nodeLife, async ({ appends }) => {
        const dataDir = await recordLife(appends.filter(({ events }) => events.length > 0))
        const target = createTemporaryFolder()
        const { position, link } = valueOf(await importLines(await linesOf(dataDir), target))
        expect(dump(target)).toEqual(dump(dataDir))
        const log = openEventLog({ file: join(target, 'seedbank.db'), projections })
        expect([await log.verify(), log.head()]).toEqual([null, position as Position])
        await log.close()
        expect(dump(target)['log_head']?.[0]).toContain(JSON.stringify([...Buffer.from(link, 'hex')]).slice(1, -1))
      }),
      { numRuns: 15 },
    )
  })

  test('is refused where a line was changed, is missing, stands elsewhere, or is none, by its number', async () => {
    const [life] = fc.sample(nodeLife, { numRuns: 1, seed: 7 })
    const lines = await linesOf(await recordLife((life?.appends ?? []).filter(({ events }) => events.length > 0)))
    const [last, third] = [lines.length, lines[2] ?? '']
    expect(last).toBeGreaterThan(6)
    const without = (index: number): readonly string[] => lines.toSpliced(index, 1)
    const cases: readonly (readonly [lines: readonly string[], line: number])[] = [
      [lines.with(2, third.replace('"local"', '"cli"')), last],
      [without(2), 3],
      [lines.toSpliced(2, 2, lines[3] ?? '', third), 3],
      [lines.with(2, third.replace(',', ', ')), 3],
      [lines.with(2, '[1,2,3]'), 3],
      [lines.with(2, third.replace(/"(\w+)",1,/, '"Nothing",1,')), 3],
      [lines.with(2, ''), 3],
      [without(0), 1],
      [without(last - 1), last],
      // The link of the events before the last ends no log, though it is theirs.
      [
        lines.with(
          0,
          (lines[0] ?? '').replace(/"events":(\d+)/, (_all, events) => `"events":${Number(events) + 1}`),
        ),
        last + 1,
      ],
      [lines.with(0, (lines[0] ?? '').replace(/"logId":"./, '"logId":"f')), last],
      [[], 1],
    ]
    for (const [wrong, line] of cases) {
      const dataDir = createTemporaryFolder()
      expect(await importLines(wrong, dataDir)).toMatchObject({ ok: false, error: { type: 'LineRefused', line } })
      expect(readdirSync(dataDir).filter((name) => name !== 'lock.db')).toEqual([])
    }
  })

  test('says how many tokens in it let somebody in', async () => {
    const facts = [tokenCreated(1), tokenCreated(2), tokenRevoked(2), tokenCreated(3, { expiresAt: 1 as UnixMillis })]
    const lines = await linesOf(await recordLife(facts.map((fact) => ({ events: [fact] }))))
    expect(valueOf(await importLines(lines, createTemporaryFolder())).liveTokens).toBe(1)
  })

  test('is refused where it was cut short, and that is said', async () => {
    const [life] = fc.sample(nodeLife, { numRuns: 1, seed: 7 })
    const lines = await linesOf(await recordLife((life?.appends ?? []).filter(({ events }) => events.length > 0)))
    const events = lines.length - 2
    const cuts = [
      [lines.slice(0, 4), `the file is cut short: it ends after 3 of ${events} events`],
      [lines.slice(0, -1), 'the file is cut short: the link that ends a log is missing'],
      [
        [...lines.slice(0, 3), (lines[3] ?? '').slice(0, 20)],
        expect.stringMatching(/ends there: it may have been cut short$/),
      ],
      [[], expect.stringMatching(/empty|no header/)],
    ] as const
    for (const [cut, reason] of cuts) {
      expect(await importLines(cut, createTemporaryFolder())).toMatchObject({ ok: false, error: { reason } })
    }
  })

  test('is never put over another, and of what was left half done nothing is taken for a log', async () => {
    const [life] = fc.sample(nodeLife, { numRuns: 1, seed: 7 })
    const dataDir = await recordLife((life?.appends ?? []).filter(({ events }) => events.length > 0))
    const lines = await linesOf(dataDir)
    const file = join(dataDir, 'seedbank.db')
    expect(await importLines(lines, dataDir)).toEqual({ ok: false, error: { type: 'FileInTheWay', file } })
    const half = createTemporaryFolder()
    mkdirSync(join(half, 'restore.partial'))
    writeFileSync(join(half, 'restore.partial', 'seedbank.db'), 'half of a log')
    expect(exportLog(half).ok).toBe(false)
    valueOf(await importLines(lines, half))
    expect([existsSync(join(half, 'restore.partial')), dump(half)]).toEqual([false, dump(dataDir)])
  })
})
