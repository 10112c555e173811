import Database from 'better-sqlite3'
import { copyFileSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

/**
 * Copies a database after each transaction of some work, as a crash at that moment would leave it: the file and its
 * WAL, without what SQLite keeps in memory beside them.
 *
 * @param folder Where the copies go, each into a folder of its own.
 * @param work Runs in this process, with at most one transaction a turn of the event loop.
 * @returns Where the copies are, the first one being from before the work.
 */
export async function copyWhile(
  file: string,
  folder: string,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const db = new Database(file, { readonly: true })
  const images: string[] = []
  let seen: unknown = null
  const look = (): void => {
    const version = db.pragma('data_version', { simple: true })
    if (version === seen) return
    seen = version
    images.push(copy(file, join(folder, `${images.length}`)))
  }
  look()
  let isDone = false
  const working = work().finally(() => (isDone = true))
  for (; !isDone; await setImmediate()) look()
  await working
  db.close()
  return images
}

function copy(file: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const image = join(folder, basename(file))
  for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${image}${suffix}`)
  return image
}
