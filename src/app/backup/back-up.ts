import { existsSync } from 'node:fs'
import { copyFile, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import packageJson from '../../../package.json' with { type: 'json' }
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { copyDatabase, type CopyProgress } from '../../events/copy-database.ts'
import type { Fault } from '../../events/event-log.ts'
import { EventReader } from '../../events/event-reader.ts'
import type { LogMissing } from '../no-log.ts'
import { describeMember, readBackupFile, writeBackupFile, type BackupDamaged } from './backup-file.ts'
import { LOG_NAME, MESSAGES_NAME, WEBHOOKS_NAME, type BackupManifest } from './backup-manifest.ts'
import { placeFile } from './place-file.ts'
import { filesBelow, sync } from './synced-files.ts'
import { openWorkingFolder, removeLeftovers } from './working-folder.ts'

/** What is done at the moment, and how far it is: pages of a database, or bytes of the back-up. */
export interface BackupProgress {
  readonly phase: 'COPY_LOG' | 'COPY_MESSAGES' | 'WRITE' | 'VERIFY'
  readonly done: number
  readonly total: number
}

export interface BackUpOptions {
  readonly dataDir: string
  /** Must not exist. */
  readonly file: string
  /** Private keys, tokens and webhooks too. */
  readonly withKeys: boolean
  readonly now: () => UnixMillis
  readonly onProgress: (progress: BackupProgress) => void
  /** Is told of each folder that a back-up which was killed had left beside the file, and that is gone now. */
  readonly onLeftover: (folder: string) => void
}

/** What would be overwritten is perhaps the last good one. */
export interface BackupExists {
  readonly type: 'BackupExists'
  readonly file: string
}

/** The folder that the back-up was to be in does not exist. */
export interface FolderMissing {
  readonly type: 'FolderMissing'
  readonly folder: string
}

/** The chain of the log is not what was written: the last good back-up is worth more than one of it. */
export interface LogBroken extends Fault {
  readonly type: 'LogBroken'
}

type Refused = LogMissing | LogBroken | BackupExists | FolderMissing | BackupDamaged

/**
 * Writes all that cannot be made or fetched again to one file: the log, the messages, and the keys if asked for. Reads it
 * back before it gets its name.
 *
 * Works beside a process that writes, without its lock. The messages are copied after the log, so that all that its events
 * tell of is among them; the webhooks before it, so that none was told of an event that is not there.
 *
 * @returns What is in it. `LogBroken` where the log's chain is broken; `BackupDamaged` where the disk gave back other
 *   bytes than were written. Then there is no file.
 * @throws When the disk fails.
 */
export async function backUp(options: BackUpOptions): Promise<Result<BackupManifest, Refused>> {
  const { dataDir, file, onLeftover } = options
  const log = join(dataDir, LOG_NAME)
  if (!existsSync(log)) return err({ type: 'LogMissing', file: log })
  if (existsSync(file)) return err({ type: 'BackupExists', file })
  if (!existsSync(dirname(file))) return err({ type: 'FolderMissing', folder: dirname(file) })
  for (const leftover of await removeLeftovers(dirname(file))) onLeftover(leftover)
  await using folder = await openWorkingFolder(dirname(file))
  return await backUpWithin(folder.path, options)
}

async function backUpWithin(folder: string, options: BackUpOptions): Promise<Result<BackupManifest, Refused>> {
  const { file, onProgress } = options
  const head = await copyAll(folder, options)
  if (!head.ok) return head
  const manifest = await describe(folder, head.value, options)
  const tar = join(folder, 'backup.tar')
  await writeBackupFile(
    tar,
    manifest,
    ({ name }) => join(folder, name),
    (done) => onProgress({ phase: 'WRITE', done, total: totalOf(manifest) }),
  )
  const { size: total } = await stat(tar)
  const read = await readBackupFile(tar, readThrough, (done) => onProgress({ phase: 'VERIFY', done, total }))
  if (!read.ok) return read
  if (!(await placeFile(tar, file))) return err({ type: 'BackupExists', file })
  await sync(dirname(file))
  return ok(manifest)
}

interface Head {
  readonly logId: string
  readonly position: number
  readonly link: string
}

/** The chain of the copy is checked, and not of the original: it is the copy that has to be whole. */
async function copyAll(
  folder: string,
  { dataDir, withKeys, onProgress }: BackUpOptions,
): Promise<Result<Head, LogBroken>> {
  const tell =
    (phase: BackupProgress['phase']) =>
    ({ pages, totalPages }: CopyProgress): void =>
      onProgress({ phase, done: pages, total: totalPages })
  const webhooks = join(dataDir, WEBHOOKS_NAME)
  // So few that nobody waits for them.
  if (withKeys && existsSync(webhooks)) await copyDatabase(webhooks, join(folder, WEBHOOKS_NAME), () => undefined)
  await copyDatabase(join(dataDir, LOG_NAME), join(folder, LOG_NAME), tell('COPY_LOG'))
  await copyDatabase(join(dataDir, MESSAGES_NAME), join(folder, MESSAGES_NAME), tell('COPY_MESSAGES'))
  if (withKeys) {
    for (const name of await keysOf(dataDir)) {
      await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 })
      await copyFile(join(dataDir, name), join(folder, name))
    }
  }
  return readHead(join(folder, LOG_NAME))
}

/** Checks a log, and says where it ends. */
export async function readHead(file: string): Promise<Result<Head, LogBroken>> {
  const reader = new EventReader(file)
  try {
    const verified = await reader.verify()
    if (!verified.ok) return err({ type: 'LogBroken', ...verified.error })
    const { position, link: last } = verified.value
    return ok({ logId: reader.logId, position, link: Buffer.from(last).toString('hex') })
  } finally {
    reader.close()
  }
}

async function describe(
  folder: string,
  { logId, ...head }: Head,
  { withKeys, now }: BackUpOptions,
): Promise<BackupManifest> {
  const names = [LOG_NAME, MESSAGES_NAME, ...(withKeys ? await secretsOf(folder) : [])]
  const members = []
  for (const name of names) members.push(await describeMember(join(folder, name), name))
  return {
    format: 'seedbank-backup',
    version: 1,
    program: packageJson.version,
    createdAt: new Date(now()).toISOString(),
    logId,
    head,
    hasKeys: withKeys,
    members,
  }
}

async function secretsOf(folder: string): Promise<readonly string[]> {
  const webhooks = existsSync(join(folder, WEBHOOKS_NAME)) ? [WEBHOOKS_NAME] : []
  return [...webhooks, ...(await keysOf(folder))]
}

/** What is half written is no key yet. */
async function keysOf(dataDir: string): Promise<readonly string[]> {
  return (await filesBelow(dataDir, 'keys')).filter((name) => !name.endsWith('.partial'))
}

function totalOf({ members }: BackupManifest): number {
  return members.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** To compare its hash it is enough to have read it. */
async function readThrough(_member: unknown, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(bytes, new Writable({ write: (_part, _encoding, done) => done() }))
}
