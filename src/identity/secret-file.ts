import { link, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a secret may be written: where none is, or in the place of the one that is there. */
export type SecretPlace = 'NEW' | 'ANY'

const PARTIAL = '.partial'

/**
 * Writes a secret whole or not at all, readable by its owner alone, so that a crash leaves no file that cannot be read.
 *
 * @throws When the place is `NEW` and something has the name already, or the system refuses.
 */
export async function writeSecret(directory: string, name: string, content: string, place: SecretPlace): Promise<void> {
  const path = join(directory, name)
  const partialPath = path + PARTIAL
  try {
    const file = await open(partialPath, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike a rename, a link fails where a file is.
    await (place === 'NEW' ? link(partialPath, path) : rename(partialPath, path))
  } finally {
    await rm(partialPath, { force: true })
  }
  await syncFolder(directory)
}

/** Removes a secret for good; nothing happens where there is none. */
export async function removeSecret(directory: string, name: string): Promise<void> {
  await rm(join(directory, name), { force: true })
  await syncFolder(directory)
}

/** Removes what a crash left of secrets that nobody has used yet, by their names without the ending. */
export async function removeHalfWritten(directory: string, isName: (name: string) => boolean): Promise<void> {
  const names = (await readdir(directory)).filter(
    (name) => name.endsWith(PARTIAL) && isName(name.slice(0, -PARTIAL.length)),
  )
  await Promise.all(names.map(async (name) => rm(join(directory, name))))
}

async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
