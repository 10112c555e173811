import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../domain/result.ts'
import { checkKinds, type CheckedKinds } from '../events/check-kinds.ts'
import { checkSchema, type SchemaFault } from '../events/check-schema.ts'
import { openReadOnly, type Connection } from '../events/database.ts'
import type { Fault } from '../events/event-log.ts'
import { readLogId } from '../events/event-reader.ts'
import { expectCurrentSchema } from '../events/migrations.ts'
import { verifyChain, type ChainEnd, type TellProgress } from '../events/verify-chain.ts'
import type { LogMissing } from './no-log.ts'

/** The log is not what was written. */
export interface LogNotWhole extends Fault {
  readonly type: 'LogNotWhole'
}

/** A table of the log was altered or is gone: the others may say what they like. */
export interface TablesAltered {
  readonly type: 'TablesAltered'
  readonly faults: readonly SchemaFault[]
}

/** What was checked of a log whose chain is whole. */
export interface VerifiedLog {
  readonly chain: ChainEnd
  /** What is not as it was made of the triggers and indexes that keep the log append-only. */
  readonly schema: readonly SchemaFault[]
  /** Which types and versions of events there are. */
  readonly kinds: CheckedKinds
}

/**
 * Checks the log of a data directory, beside the process that writes it, if there is one: its tables and triggers; every leaf
 * and link, computed anew; the notes of which events there are. An event that is unknown to this program is no hindrance.
 *
 * @returns Refused where the rest cannot be believed.
 * @throws When the file is no log, or one of another program's version.
 */
export async function verifyLog(
  dataDir: string,
  onProgress?: TellProgress,
): Promise<Result<VerifiedLog, LogNotWhole | TablesAltered | LogMissing>> {
  const file = join(dataDir, 'seedbank.db')
  if (!existsSync(file)) return err({ type: 'LogMissing', file })
  let db: Connection | null = null
  try {
    db = openReadOnly(file)
    expectCurrentSchema(db)
    const schema = checkSchema(db)
    const tables = schema.filter(({ kind }) => kind === 'table')
    if (tables.length > 0) return err({ type: 'TablesAltered', faults: tables })
    const chain = await verifyChain(db, readLogId(db), onProgress)
    if (!chain.ok) return err({ type: 'LogNotWhole', ...chain.error })
    return ok({ chain: chain.value, schema, kinds: await checkKinds(db, chain.value.position) })
  } catch (cause) {
    // SQLite names no file where it finds one malformed.
    throw new Error(`Cannot verify the log in "${file}"`, { cause })
  } finally {
    db?.close()
  }
}
