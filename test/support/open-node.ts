import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { onTestFinished } from 'vitest'
import type { Execute } from '../../src/commands/command-meta.ts'
import { createExecutor } from '../../src/commands/execute.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { openReader } from '../../src/events/database.ts'
import type { Append, EventLog } from '../../src/events/event-log.ts'
import type { Projection } from '../../src/events/projection.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { projections, type ReadModels } from '../../src/projections/read-models.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** A real log with its read models and the executor that writes it. */
export interface OpenNode {
  readonly folder: string
  readonly file: string
  readonly log: EventLog
  readonly db: Kysely<ReadModels>
  readonly execute: Execute
  /** How many appends each transaction held that the executor asked for, in order. */
  readonly transactions: readonly number[]
  /** Everything recorded so far. */
  recorded(): Promise<readonly Recorded[]>
  /** The facts recorded so far, without their places. */
  facts(): Promise<readonly DomainEvent[]>
  close(): Promise<void>
}

export interface OpenNodeOptions {
  /** Where the log is, or is to be; a temporary folder by default. */
  readonly folder?: string
  readonly now?: () => UnixMillis
  /** Kept beside those of the program. */
  readonly projection?: Projection
  /** Comes before each transaction that the executor asks for; what it throws, the executor sees as the log's. */
  readonly beforeAppend?: (appends: readonly Append[], log: EventLog) => Promise<void>
}

/** Opens a log in a folder; it is closed when the test is over, if not before. */
export function openNode({ folder = createTemporaryFolder(), ...options }: OpenNodeOptions = {}): OpenNode {
  const file = join(folder, 'seedbank.db')
  const all = options.projection === undefined ? projections : [...projections, options.projection]
  const log = openEventLog({ file, projections: all, ...(options.now && { now: options.now }) })
  const db = openReader<ReadModels>(file)
  const transactions: number[] = []
  const execute = createExecutor({
    append: async (appends) => {
      await options.beforeAppend?.(appends, log)
      transactions.push(appends.length)
      return log.append(appends)
    },
    findReceipt: async (actor, key) => log.findReceipt(actor, key),
    readStream: (stream, after) => log.readStream(stream, after),
  })
  const recorded = async (): Promise<readonly Recorded[]> => readAll(log)
  let isOpen = true
  async function close(): Promise<void> {
    if (!isOpen) return
    isOpen = false
    await db.destroy()
    await log.close()
  }
  onTestFinished(close)
  const facts = async (): Promise<readonly DomainEvent[]> => (await recorded()).map(({ event }) => event)
  return { folder, file, log, db, execute, transactions, recorded, facts, close }
}

async function readAll(log: EventLog): Promise<readonly Recorded[]> {
  const events: Recorded[] = []
  for (;;) {
    const last = events.at(-1)
    const page = await log.read({ ...(last && { after: last.position }), limit: 1000 })
    if (page.length === 0) return events
    events.push(...page)
  }
}
