import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { whenMissing } from '../../formats/when-missing.ts'

/** Has a file, or the names in a folder, on the disk before it settles. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The same for a folder with all that is in it. */
export async function syncAll(folder: string): Promise<void> {
  for (const name of await filesBelow(folder)) await sync(join(folder, name))
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) await sync(join(entry.parentPath, entry.name))
  }
  await sync(folder)
}

/** The regular files below a folder, by their paths in it, sorted; none where there is no such folder. */
export async function filesBelow(folder: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(whenMissing([]))
  const names: string[] = []
  for (const entry of entries) {
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isDirectory()) names.push(...(await filesBelow(folder, name)))
    else if (entry.isFile()) names.push(name)
  }
  return names.toSorted()
}
