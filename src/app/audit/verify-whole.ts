import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { ok, type Result } from '../../domain/result.ts'
import { checkProjections, type CheckedProjections } from '../../events/check-projections.ts'
import { checkReceipts, type CheckedReceipts } from '../../events/check-receipts.ts'
import { openReadOnly } from '../../events/database.ts'
import { EventReader } from '../../events/event-reader.ts'
import type { Position } from '../../events/recorded-event.ts'
import { createShadow } from '../../events/shadow.ts'
import type { ChainEnd } from '../../events/verify-chain.ts'
import { projections, type ReadModels } from '../../projections/read-models.ts'
import { verifyLog, type LogMissing, type LogNotWhole } from '../verify-log.ts'
import { checkFiles, type CheckedFiles, type FilesDepth } from './check-files.ts'

/** What was checked of a log whose chain is whole. */
export interface LogReport {
  readonly chain: ChainEnd
  readonly receipts: CheckedReceipts
  readonly projections: CheckedProjections
  readonly files: CheckedFiles
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
 * changes nothing: every leaf, link and version; receipts; read models against a rebuild, in a database of SQLite's own
 * that goes with the connection; files.
 *
 * @returns `LogNotWhole` where the chain is not whole. Nothing else was then checked: what the log says is not to be believed.
 * @throws When the file is no log, or one of another program's version; when an event is of a type that this program does
 *   not know.
 */
export async function verifyWhole(
  dataDir: string,
  { files = 'LENGTH', onProgress = () => undefined }: VerifyWholeOptions = {},
): Promise<Result<LogReport, LogNotWhole | LogMissing>> {
  const chain = await verifyLog(dataDir, (position, last) => onProgress('CHAIN', position, last))
  if (!chain.ok) return chain
  const file = join(dataDir, 'seedbank.db')
  const reader = new EventReader(file)
  try {
    const checked = await checkTheRest(file, join(dataDir, 'archives'), reader, { files, onProgress })
    return ok({ chain: chain.value, ...checked })
  } finally {
    reader.close()
  }
}

async function checkTheRest(
  file: string,
  archivesDir: string,
  reader: EventReader,
  { files: depth, onProgress }: Required<VerifyWholeOptions>,
): Promise<Omit<LogReport, 'chain'>> {
  const [live, shadowDb] = [openReadOnly(file), new Database('')]
  try {
    const receipts = await checkReceipts(live)
    const shadow = createShadow(shadowDb, projections)
    await shadow.feed(reader, reader.head(), (position, last) => onProgress('READ_MODELS', position, last))
    const checked = await checkProjections(live, reader, shadow, projections)
    const db = new Kysely<ReadModels>({ dialect: new SqliteDialect({ database: shadowDb }) })
    let files = await checkFiles(db, archivesDir, depth)
    for (let checks = 1; checks < FILE_CHECKS && files.faults.length > 0 && reader.head() > shadow.position; checks++) {
      await shadow.feed(reader, reader.head())
      files = await checkFiles(db, archivesDir, depth)
    }
    return { receipts, projections: checked, files }
  } finally {
    live.close()
    shadowDb.close()
  }
}
