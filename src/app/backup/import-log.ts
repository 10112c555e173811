import { existsSync, mkdirSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { acquireDataDirectoryLock, type DataDirectoryLocked } from '../../events/data-directory-lock.ts'
import { openReader } from '../../events/database.ts'
import { LogImport } from '../../events/log-import.ts'
import { splitLines } from '../../messages/split-lines.ts'
import { projections, type ReadModels } from '../../projections/read-models.ts'
import { countTokens } from '../../projections/tokens.ts'
import { LOG_NAME } from './backup-manifest.ts'
import { parseHeader, parseLine, type LinkLine } from './log-lines.ts'
import type { BackupMissing, FileInTheWay } from './restore-backup.ts'
import { commitStage, dropStage, findDatabaseFile, finishRestore, openStage } from './staged-files.ts'

/** A log that was imported. */
export interface ImportedLog extends LinkLine {
  /** How many tokens that let somebody in came with it. */
  readonly liveTokens: number
}

/** A line does not belong to a log, or not at its place: nothing was imported. */
export interface LineRefused {
  readonly type: 'LineRefused'
  /** 1 for the first. */
  readonly line: number
  /** What is wrong with it, for the operator. */
  readonly reason: string
}

export interface ImportLogOptions {
  readonly file: string
  /** Made where it is missing. */
  readonly dataDir: string
  readonly now: () => UnixMillis
  /** How many bytes of the file were read. */
  readonly onProgress: (bytes: number, totalBytes: number) => void
}

type Refused = BackupMissing | FileInTheWay | DataDirectoryLocked | LineRefused

/** No event is longer. */
const MAX_LINE_BYTES = 268_435_456

/**
 * Writes the log that was exported into a data directory that has none: the same events, leaves, links and read models.
 * Nothing else follows from them, and nothing is recorded.
 *
 * @returns Where the log ends, and whom it lets in. A process that dies on the way leaves nothing that counts as a log.
 * @throws When the disk fails.
 */
export async function importLog(options: ImportLogOptions): Promise<Result<ImportedLog, Refused>> {
  const { file, dataDir, now } = options
  if (!existsSync(file)) return err({ type: 'BackupMissing', file })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = acquireDataDirectoryLock(dataDir)
  if (!lock.ok) return lock
  const handle = await open(file, 'r')
  try {
    await finishRestore(dataDir)
    const inTheWay = await findDatabaseFile(dataDir)
    if (inTheWay !== null) return err({ type: 'FileInTheWay', file: inTheWay })
    const read = await readLog(handle, join(await openStage(dataDir), LOG_NAME), options)
    if (!read.ok) return read
    await commitStage(dataDir)
    return ok({ ...read.value, liveTokens: await countLive(join(dataDir, LOG_NAME), now()) })
  } finally {
    await handle.close()
    await dropStage(dataDir)
    lock.value.close()
  }
}

/** How many tokens let somebody in now. */
async function countLive(file: string, now: UnixMillis): Promise<number> {
  const db = openReader<ReadModels>(file)
  try {
    return (await countTokens(db, now)).live
  } finally {
    await db.destroy()
  }
}

/** Reads all lines into a new log. */
async function readLog(
  handle: FileHandle,
  target: string,
  { onProgress }: ImportLogOptions,
): Promise<Result<LinkLine, LineRefused>> {
  const { size } = await handle.stat()
  const reading: Reading = { target, log: null, events: 0, end: null }
  let last = 0
  try {
    for await (const lines of splitLines(handle, MAX_LINE_BYTES)) {
      for (const { line, bytes, end } of lines) {
        const wrong = bytes === null ? 'it is longer than any event' : readLine(bytes.toString('utf8'), reading)
        if (wrong !== null) return err({ type: 'LineRefused', line, reason: end < size ? wrong : inLastLine(wrong) })
        last = line
        onProgress(end, size)
      }
    }
    const { log, events, end } = reading
    if (log !== null && end?.position === log.head.position && end.position === events) {
      log.finish()
      return ok(end)
    }
    return err({ type: 'LineRefused', line: last + 1, reason: describeCut(reading) })
  } finally {
    reading.log?.close()
  }
}

function inLastLine(wrong: string): string {
  return `${wrong}, and the file ends there: it may have been cut short`
}

/** @param reading Of all lines, none of which is wrong. */
function describeCut({ log, events }: Reading): string {
  if (log === null) return 'the file is empty'
  const { position } = log.head
  if (position > events) return `there are ${position} events, and the header promises ${events}`
  return position < events
    ? `the file is cut short: it ends after ${position} of ${events} events`
    : 'the file is cut short: the link that ends a log is missing'
}

interface Reading {
  readonly target: string
  log: LogImport | null
  /** How many the header promises. */
  events: number
  /** The last link that was read, which agreed with the chain. */
  end: LinkLine | null
}

/** @returns What is wrong with the line; null where nothing is. */
function readLine(text: string, reading: Reading): string | null {
  if (reading.log === null) {
    const header = parseHeader(text)
    if (!header.ok) return header.error
    reading.events = header.value.events
    reading.log = new LogImport(reading.target, header.value.logId, projections)
    return null
  }
  const parsed = parseLine(text)
  if (!parsed.ok) return parsed.error
  if ('link' in parsed.value) return readLink(parsed.value, reading.log, reading)
  try {
    reading.log.add(parsed.value)
    return null
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

function readLink(line: LinkLine, { head }: LogImport, reading: Reading): string | null {
  const found = Buffer.from(head.link).toString('hex')
  if (line.position !== head.position || line.link !== found) {
    const since = reading.end === null ? 'since the first' : `since that at ${reading.end.position}`
    return `its link is not that of the events before it, which lead to ${head.position} ${found}: one of those ${since} is not what was written`
  }
  reading.end = line
  return null
}
