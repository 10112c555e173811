import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { whenMissing } from '../../formats/when-missing.ts'
import { LOG_NAME, MESSAGES_NAME, WEBHOOKS_NAME } from './backup-manifest.ts'
import { filesBelow, sync, syncAll } from './synced-files.ts'

/** What is being brought back, and is not whole yet. */
const PARTIAL = 'restore.partial'
/** What is whole, was checked, and is on its way to its places. */
const READY = 'restore.ready'

/** SQLite would take what a database of before left there for its own. */
const DATABASE_FILES = [LOG_NAME, MESSAGES_NAME, WEBHOOKS_NAME].flatMap((name) => [
  name,
  `${name}-wal`,
  `${name}-journal`,
])

/** @returns The file of a log, of messages or of webhooks that is in the data directory already; null where there is none. */
export async function findDatabaseFile(dataDir: string): Promise<string | null> {
  for (const name of DATABASE_FILES) {
    const path = join(dataDir, name)
    if ((await stat(path).catch(whenMissing(null))) !== null) return path
  }
  return null
}

/** An empty folder in the data directory, for what is brought back. Hold the lock. */
export async function openStage(dataDir: string): Promise<string> {
  const stage = join(dataDir, PARTIAL)
  await rm(stage, { recursive: true, force: true })
  await mkdir(stage, { mode: 0o700 })
  return stage
}

/** Gives up what was brought back. */
export async function dropStage(dataDir: string): Promise<void> {
  await rm(join(dataDir, PARTIAL), { recursive: true, force: true })
}

/**
 * Puts all that is in the stage in its place. From the moment at which the stage gets its other name it is finished by
 * whoever opens the data directory next, should this process die; until then there is nothing that counts.
 */
export async function commitStage(dataDir: string): Promise<void> {
  await syncAll(join(dataDir, PARTIAL))
  await rename(join(dataDir, PARTIAL), join(dataDir, READY))
  await sync(dataDir)
  await finishRestore(dataDir)
}

/**
 * Finishes what a process that died was bringing back, if it came so far that it is whole; removes it if it did not.
 * Nothing happens where nobody did. Hold the lock.
 */
export async function finishRestore(dataDir: string): Promise<void> {
  await dropStage(dataDir)
  const ready = join(dataDir, READY)
  // The log comes last: where there is one, all else is there too.
  const names = (await filesBelow(ready)).toSorted(
    (one, other) => Number(one === LOG_NAME) - Number(other === LOG_NAME),
  )
  for (const name of names) {
    const path = join(dataDir, name)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await rename(join(ready, name), path)
    await sync(dirname(path))
  }
  await rm(ready, { recursive: true, force: true })
}
