import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { backUp, type BackUpOptions } from '../../src/app/backup/back-up.ts'
import { restoreBackup, type RestoreOptions } from '../../src/app/backup/restore-backup.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

/** When back-ups of tests are taken, and brought back. */
export const NOW = 1_800_000_000_000 as UnixMillis

/** A data directory that a process writes to, and a place for its back-up. */
export async function openBackedUp(): Promise<{
  readonly stores: Stores
  readonly dataDir: string
  readonly file: string
}> {
  const folder = createTemporaryFolder()
  const closing = new AsyncDisposableStack()
  onTestFinished(async () => closing.disposeAsync())
  const dataDir = join(folder, 'node')
  return { stores: valueOf(await openStores(dataDir, closing)), dataDir, file: join(folder, 'backup.tar') }
}

/** Takes one, of a node that may run. */
export async function backUpOf(
  node: { readonly dataDir: string; readonly file: string },
  options: Partial<BackUpOptions> = {},
): ReturnType<typeof backUp> {
  const told = { onProgress: () => undefined, onLeftover: () => undefined }
  return backUp({ ...node, withKeys: false, now: () => NOW, ...told, ...options })
}

/** Brings it back. */
export async function restoreTo(
  dataDir: string,
  file: string,
  options: Partial<RestoreOptions> = {},
): ReturnType<typeof restoreBackup> {
  return restoreBackup({ file, dataDir, now: () => NOW, onProgress: () => undefined, ...options })
}

/** Opens a data directory for as long as it takes. */
export async function withStores<Found>(dataDir: string, use: (stores: Stores) => Promise<Found>): Promise<Found> {
  await using closing = new AsyncDisposableStack()
  return await use(valueOf(await openStores(dataDir, closing)))
}
