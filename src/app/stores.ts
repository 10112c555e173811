import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { createExecutor } from '../commands/execute.ts'
import type { Execute } from '../commands/command-meta.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { acquireDataDirectoryLock, type DataDirectoryLocked } from '../events/data-directory-lock.ts'
import { openReader } from '../events/database.ts'
import type { EventLog } from '../events/event-log.ts'
import { openEventLog, type EventLogOptions } from '../events/sqlite-event-log.ts'
import { openKeyStore, type KeyStore } from '../identity/key-store.ts'
import { openTokenStore, type TokenStore } from '../identity/token-store.ts'
import { openMessageStore, type MessageStore } from '../messages/message-store.ts'
import { openWebhookStore, type WebhookStore } from '../webhooks/webhook-store.ts'
import { readHighestRecordedUpTo } from '../projections/communities.ts'
import { projections, type ReadModels } from '../projections/read-models.ts'
import { readRestores, type Restore } from '../projections/restores.ts'
import { finishRestore } from './backup/staged-files.ts'
import { removeRebuiltFile } from './rebuild/rebuild-in-thread.ts'
import type { WritingLog } from '../telemetry/watch-appends.ts'
import { disownServer } from './runtime-file.ts'
import { systemClock } from './system-clock.ts'

/** Everything that is kept in the data directory, open for writing. */
export interface Stores {
  readonly log: EventLog
  /** The projections, over a read-only connection. */
  readonly db: Kysely<ReadModels>
  readonly execute: Execute
  /** When the log was brought back from a back-up, in order. */
  readonly restores: readonly Restore[]
  readonly messages: MessageStore
  readonly messagesFile: string
  /** Set where the log knows of messages that `messages.db` has lost, or never had: the highest number it had. */
  readonly messagesEndAt: number | null
  readonly keys: KeyStore
  /** What this node shows to nodes that it follows. */
  readonly tokens: TokenStore
  /** Who is told of what is recorded, with the secrets for it. */
  readonly webhooks: WebhookStore
  readonly archivesDir: string
}

/** Looks on at what is written, to measure and trace it, and changes nothing of it. */
export interface StoresWatch {
  readonly commands: (execute: Execute) => Execute
  readonly appends: (log: WritingLog) => WritingLog
  /** Somebody who followed the log live fell behind. */
  readonly onFellBehind: () => void
}

const UNWATCHED: StoresWatch = {
  commands: (execute) => execute,
  appends: (log) => log,
  onFellBehind: () => undefined,
}

/** The data directory is not there and cannot be made: the setting names a bad place. */
export interface DataDirectoryUnusable {
  readonly type: 'DataDirectoryUnusable'
  /** For the operator. */
  readonly message: string
}

/**
 * Takes the lock of the data directory and opens what is in it, making it first where it is missing.
 *
 * @param closing Is told how to close each part; closes them in the opposite order.
 * @param now Says when what is recorded was recorded.
 * @param onRebuilding Told every two seconds while read models of another version are rebuilt.
 * @param watch Looks on at what is written.
 * @returns `DataDirectoryLocked` when another process writes to the directory; `DataDirectoryUnusable`.
 * @throws When a file cannot be opened, or was written by a newer program.
 */
export async function openStores(
  dataDir: string,
  closing: AsyncDisposableStack,
  now: () => UnixMillis = systemClock.now,
  onRebuilding: EventLogOptions['onRebuilding'] = () => undefined,
  watch: StoresWatch = UNWATCHED,
): Promise<Result<Stores, DataDirectoryLocked | DataDirectoryUnusable>> {
  const directory = makeDataDirectory(dataDir)
  if (!directory.ok) return directory
  const lock = acquireDataDirectoryLock(dataDir)
  if (!lock.ok) return lock
  closing.defer(() => lock.value.close())
  disownServer(dataDir)
  await finishRestore(dataDir)
  removeRebuiltFile(dataDir)
  const logFile = join(dataDir, 'seedbank.db')
  const log = openEventLog({ file: logFile, projections, now, onRebuilding, onFellBehind: watch.onFellBehind })
  closing.defer(async () => log.close())
  const db = openReader<ReadModels>(logFile)
  closing.defer(async () => db.destroy())
  const restores = await readRestores(db)
  const messagesFile = join(dataDir, 'messages.db')
  const messages = openMessageStore(messagesFile)
  closing.defer(async () => messages.close())
  // Which messages came late is told by their numbers: those to come must not take numbers that runs have looked at.
  const messagesEndAt = messages.continueAfter(await readHighestRecordedUpTo(db))
  const keys = await openKeyStore(join(dataDir, 'keys'))
  const tokens = await openTokenStore(join(dataDir, 'keys', 'follows'))
  const webhooks = openWebhookStore(join(dataDir, 'webhooks.db'), log.head())
  closing.defer(() => webhooks.close())
  const archivesDir = join(dataDir, 'archives')
  mkdirSync(archivesDir, { recursive: true })
  const execute = watch.commands(createExecutor(watch.appends(log)))
  return ok({ log, db, execute, restores, messages, messagesFile, messagesEndAt, keys, tokens, webhooks, archivesDir })
}

function makeDataDirectory(dataDir: string): Result<void, DataDirectoryUnusable> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    return ok(undefined)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `Cannot make the data directory "${dataDir}": ${reason}: set SEEDBANK_DATA_DIR to another`
    return err({ type: 'DataDirectoryUnusable', message })
  }
}
