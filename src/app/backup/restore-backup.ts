import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { previewSweep } from '../../archives/sweep/preview-sweep.ts'
import type { KnownVersions } from '../../archives/sweep/reconcile-archive-files.ts'
import { createExecutor } from '../../commands/execute.ts'
import type { Clock } from '../../domain/magnet.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { acquireDataDirectoryLock, type DataDirectoryLocked } from '../../events/data-directory-lock.ts'
import { openReader } from '../../events/database.ts'
import { openEventLog } from '../../events/sqlite-event-log.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import { projections, type ReadModels } from '../../projections/read-models.ts'
import { meta } from '../begin-run.ts'
import { readKnownVersions } from '../known-versions.ts'
import { readHead } from './back-up.ts'
import { readBackupFile, type BackupDamaged, type TakeMember } from './backup-file.ts'
import { LOG_NAME, type BackupManifest } from './backup-manifest.ts'
import { commitStage, dropStage, findDatabaseFile, finishRestore, openStage } from './staged-files.ts'

/** A file of the data directory is in the way: nothing is ever overwritten. */
export interface FileInTheWay {
  readonly type: 'FileInTheWay'
  readonly file: string
}

/**
 * `archives/` has files that the log in the back-up does not name, as they are newer. The next start would sweep them, and
 * the messages in them are perhaps nowhere else.
 */
export interface ArchivesInTheWay {
  readonly type: 'ArchivesInTheWay'
  readonly folder: string
  /** One or more, as paths. */
  readonly files: readonly string[]
}

/** There is no back-up of that name. */
export interface BackupMissing {
  readonly type: 'BackupMissing'
  readonly file: string
}

export interface RestoreOptions {
  readonly file: string
  /** Made where it is missing. */
  readonly dataDir: string
  readonly now: () => UnixMillis
  /** How many bytes of the back-up were read. */
  readonly onProgress: (bytes: number, totalBytes: number) => void
}

/** What was brought back. */
export interface Restored {
  readonly manifest: BackupManifest
  /** Names the log from here on, in cursors. */
  readonly incarnation: string
}

/** The clock floor is told from the back-up, and stays for good: members refuse what lies further ahead of their time. */
const MAX_AHEAD_MS = 86_400_000

type Refused = BackupMissing | BackupDamaged | FileInTheWay | ArchivesInTheWay | DataDirectoryLocked

/**
 * Brings a back-up into a data directory that has no log, and records that it did.
 *
 * Manifest, hashes and chain are checked before anything is put in its place. A process that dies on the way leaves nothing
 * that counts, or something that is finished by whoever opens the data directory next.
 *
 * @throws When the disk fails, or the back-up was written by a newer program.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Result<Restored, Refused>> {
  const { file, dataDir } = options
  if (!existsSync(file)) return err({ type: 'BackupMissing', file })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = acquireDataDirectoryLock(dataDir)
  if (!lock.ok) return lock
  try {
    await finishRestore(dataDir)
    const inTheWay = await findDatabaseFile(dataDir)
    if (inTheWay !== null) return err({ type: 'FileInTheWay', file: inTheWay })
    return await restoreInto(await openStage(dataDir), options)
  } finally {
    await dropStage(dataDir)
    lock.value.close()
  }
}

async function restoreInto(
  stage: string,
  { file, dataDir, now, onProgress }: RestoreOptions,
): Promise<Result<Restored, Refused>> {
  const { size } = await stat(file)
  const read = await readBackupFile(file, writeBelow(stage), (bytes) => onProgress(bytes, size))
  if (!read.ok) return read
  const manifest = read.value
  const { createdAt } = manifest
  if (Date.parse(createdAt) > now() + MAX_AHEAD_MS) {
    const says = `it says that it was written at ${createdAt}, more than a day after the clock of this machine`
    return err({ type: 'BackupDamaged', message: `${file} cannot be brought back: ${says}, which may be wrong` })
  }
  const head = await readHead(join(stage, LOG_NAME))
  if (!head.ok || head.value.link !== manifest.head.link || head.value.logId !== manifest.logId) {
    const message = `${file} cannot be brought back: its log is not what was written`
    return err({ type: 'BackupDamaged', message })
  }
  const other = await findOtherKey(stage, dataDir, manifest)
  if (other !== null) return err({ type: 'FileInTheWay', file: other })
  const incarnation = randomUUID()
  const clockFloor = Math.max(now(), Date.parse(createdAt)) as Clock
  const known = await recordRestored(join(stage, LOG_NAME), incarnation, clockFloor, now)
  const folder = join(dataDir, 'archives')
  const files = previewSweep(folder, known)
  if (files.length > 0) return err({ type: 'ArchivesInTheWay', folder, files })
  await commitStage(dataDir)
  return ok({ manifest, incarnation })
}

function writeBelow(folder: string): TakeMember {
  return async ({ name }, bytes) => {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
  }
}

/** A key is never overwritten by another: losing one would orphan its community. */
async function findOtherKey(stage: string, dataDir: string, { members }: BackupManifest): Promise<string | null> {
  for (const { name } of members.filter((member) => member.name.startsWith('keys/'))) {
    const found = await readFile(join(dataDir, name)).catch(whenMissing(null))
    if (found !== null && !found.equals(await readFile(join(stage, name)))) return join(dataDir, name)
  }
  return null
}

/**
 * The floor covers what was dispatched since the back-up, also where this machine's clock is behind that of before.
 *
 * @returns What files the log names, as its read models of this program's version say.
 */
async function recordRestored(
  file: string,
  incarnation: string,
  clockFloor: Clock,
  now: () => UnixMillis,
): Promise<readonly KnownVersions[]> {
  const log = openEventLog({ file, projections, now })
  try {
    const recorded = await createExecutor(log)({ type: 'RecordLogRestored', incarnation, clockFloor }, meta())
    if (!recorded.ok) throw new Error(`Cannot record in "${file}" that it was brought back: ${recorded.error.type}`)
    await using db = openReader<ReadModels>(file)
    return await readKnownVersions(db)
  } finally {
    await log.close()
  }
}
