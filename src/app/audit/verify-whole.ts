import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { ok, type Result } from '../../domain/result.ts'
import { checkProjections, type CheckedProjections } from '../../events/check-projections.ts'
import { checkReceipts, type CheckedReceipts } from '../../events/check-receipts.ts'
import { openReadOnly, type Connection } from '../../events/database.ts'
import { EventReader } from '../../events/event-reader.ts'
import type { Position } from '../../events/recorded-event.ts'
import { createShadow } from '../../events/shadow.ts'
import { projections, type ReadModels } from '../../projections/read-models.ts'
import type { LogMissing } from '../no-log.ts'
import { verifyLog, type LogNotWhole, type TablesAltered, type VerifiedLog } from '../verify-log.ts'
import { checkFiles, type CheckedFiles, type FilesDepth } from './check-files.ts'

/** What was checked of a log whose chain is whole. */
export interface LogReport extends VerifiedLog {
  readonly receipts: CheckedReceipts
  /** Null where an event is unknown to this program: there is nothing to compare with. The same of the files. */
  readonly projections: CheckedProjections | null
  readonly files: CheckedFiles | null
}

export interface VerifyWholeOptions {
  /** How files are compared. LENGTH by default. */
  readonly files?: FilesDepth
  /** Told now and then how far the check of the chain is, then how far the rebuild of the read models. */
  readonly onProgress?: (stage: 'CHAIN' | 'READ_MODELS', position: Position, last: Position) => void
}

/** How often files are compared anew where the log has moved on meanwhile: a purge takes files away that it named. */
const FILE_CHECKS = 3

/**
 * Checks the log of a data directory and all that is made from it, beside the process that writes it, if there is one, and
 * changes nothing: triggers; every leaf, link and version; receipts; read models against a rebuild, in a database of SQLite's own
 * that goes with the connection; files.
 *
 * @returns `LogNotWhole` where the chain is not whole, `TablesAltered` where a table of it is not. Nothing else was then
 *   checked: what the log says is not to be believed.
 * @throws When the file is no log, or one of another program's version.
 */
export async function verifyWhole(
  dataDir: string,
  { files = 'LENGTH', onProgress = () => undefined }: VerifyWholeOptions = {},
): Promise<Result<LogReport, LogNotWhole | TablesAltered | LogMissing>> {
  const log = await verifyLog(dataDir, (position, last) => onProgress('CHAIN', position, last))
  if (!log.ok) return log
  const file = join(dataDir, 'seedbank.db')
  const live = openReadOnly(file)
  try {
    const receipts = await checkReceipts(live)
    if (log.value.kinds.unknown.length > 0) return ok({ ...log.value, receipts, projections: null, files: null })
    const checked = await checkAgainstRebuild(live, join(dataDir, 'archives'), { files, onProgress })
    return ok({ ...log.value, receipts, ...checked })
  } finally {
    live.close()
  }
}

async function checkAgainstRebuild(
  live: Connection,
  archivesDir: string,
  { files: depth, onProgress }: Required<VerifyWholeOptions>,
): Promise<{ readonly projections: CheckedProjections; readonly files: CheckedFiles }> {
  const [reader, shadowDb] = [new EventReader(live.name), new Database('')]
  try {
    const shadow = createShadow(shadowDb, projections)
    await shadow.feed(reader, reader.head(), (position, last) => onProgress('READ_MODELS', position, last))
    const checked = await checkProjections(live, reader, shadow, projections)
    const db = new Kysely<ReadModels>({ dialect: new SqliteDialect({ database: shadowDb }) })
    let files = await checkFiles(db, archivesDir, depth)
    for (let checks = 1; checks < FILE_CHECKS && files.faults.length > 0 && reader.head() > shadow.position; checks++) {
      await shadow.feed(reader, reader.head())
      files = await checkFiles(db, archivesDir, depth)
    }
    return { projections: checked, files }
  } finally {
    reader.close()
    shadowDb.close()
  }
}
