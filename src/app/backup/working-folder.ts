import { existsSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { whenMissing } from '../../formats/when-missing.ts'
import { acquireDataDirectoryLock } from '../../events/data-directory-lock.ts'

/** What a back-up, or a log as text, is put together in, beside its file. */
export interface WorkingFolder extends AsyncDisposable {
  readonly path: string
}

const PREFIX = 'seedbank.partial-'
/** With the six characters that `mkdtemp` adds. */
const NAME = /^seedbank\.partial-[0-9A-Za-z]{6}$/

/**
 * Makes an empty folder that only its owner can read. Its lock tells others that somebody works in it, and goes with the
 * process, however that ends.
 *
 * @param parent An existing folder.
 */
export async function openWorkingFolder(parent: string): Promise<WorkingFolder> {
  const path = await mkdtemp(join(parent, PREFIX))
  const lock = acquireDataDirectoryLock(path)
  // Who looks for leftovers took it for one, in the moment before it was locked, and removes it.
  if (!lock.ok) return openWorkingFolder(parent)
  return {
    path,
    async [Symbol.asyncDispose]() {
      // Nobody may take it for a leftover while it is being removed.
      await rm(path, { recursive: true, force: true }).finally(() => lock.value.close())
    },
  }
}

/**
 * Removes the working folders of those that were killed: there are copies of messages in them, and of keys perhaps.
 * Those of others, and those that somebody works in, stay.
 *
 * @returns What was removed, as paths.
 */
export async function removeLeftovers(parent: string): Promise<readonly string[]> {
  const removed: string[] = []
  for (const name of (await readdir(parent)).filter((each) => NAME.test(each))) {
    const path = join(parent, name)
    if ((await isOwnFolder(path)) && (await removeUnused(path))) removed.push(path)
  }
  return removed
}

async function isOwnFolder(path: string): Promise<boolean> {
  // Not what a link leads to.
  const stats = await lstat(path).catch(whenMissing(null))
  return stats?.isDirectory() === true && stats.uid === process.getuid?.()
}

/** One without the file of its lock was made this moment, or has nothing in it. @returns Whether it is gone. */
async function removeUnused(path: string): Promise<boolean> {
  if (!existsSync(join(path, 'lock.db'))) return false
  const lock = acquireDataDirectoryLock(path)
  if (!lock.ok) return false
  await rm(path, { recursive: true, force: true }).finally(() => lock.value.close())
  return true
}
