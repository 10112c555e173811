import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openWriter, type Connection } from '../../src/events/database.ts'
import type { LogId } from '../../src/events/recorded-event.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { verifyChain } from '../../src/events/verify-chain.ts'
import { appendsOfLife } from '../support/appends-of-life.ts'
import { disarm, forge, forgery, type Forgery } from '../support/forgeries.ts'
import { nodeLife, type NodeLife } from '../support/node-play.ts'
import { temporaryLogFile } from '../support/temporary-log.ts'

/** A log with a life in it, in a file, and the connection of somebody who went past its triggers. */
async function openForged({ appends }: NodeLife): Promise<{ db: Connection; logId: LogId; count: number }> {
  const file = temporaryLogFile()
  const log = openEventLog({ file, projections: [] })
  await log.append(appendsOfLife(appends))
  const [logId, count] = [log.logId, log.head()]
  await log.close()
  const db = openWriter(file)
  disarm(db)
  return { db, logId, count }
}

/** Where the first fault is after the forgery, and where it should be; the log is then again as it was. */
async function found(
  db: Connection,
  logId: LogId,
  forgeLog: () => number | null,
): Promise<{ readonly expected: number | null; readonly position: number | null }> {
  db.exec('begin')
  try {
    const expected = forgeLog()
    const verified = await verifyChain(db, logId)
    return { expected, position: verified.ok ? null : verified.error.position }
  } finally {
    db.exec('rollback')
  }
}

test('whatever is flipped, deleted, inserted, swapped or cut off is found where it is', async () => {
  const seen = new Map<Forgery['type'], number>()
  await fc.assert(
    fc.asyncProperty(nodeLife, fc.array(forgery, { minLength: 60, maxLength: 60 }), async (life, forgeries) => {
      const { db, logId, count } = await openForged(life)
      fc.pre(count > 0)
      try {
        expect(await found(db, logId, () => null)).toEqual({ expected: null, position: null })
        for (const each of forgeries) {
          const { expected, position } = await found(db, logId, () => forge(db, each, count))
          expect({ ...each, position }).toEqual({ ...each, position: expected })
          if (expected !== null) seen.set(each.type, (seen.get(each.type) ?? 0) + 1)
        }
      } finally {
        db.close()
      }
    }),
    { numRuns: 12 },
  )
  expect([...seen.keys()].sort()).toEqual(['CUT', 'DELETE', 'FLIP', 'INSERT', 'SWAP'])
}, 60_000)
