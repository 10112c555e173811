import { hash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The databases of a node: they change as it works, and no name of theirs comes from outside. */
const DATABASES = /^(seedbank|messages|lock)\.db(-wal|-shm|-journal)?$/

/**
 * All files in a folder and below it, but for databases, by their paths, each with the SHA-256 of what it holds.
 *
 * @param left Paths that begin with one of these are left out.
 */
export function filesAround(folder: string, left: readonly string[]): Readonly<Record<string, string>> {
  const entries = globSync('**/{*,.*}', { cwd: folder, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory() && !DATABASES.test(entry.name),
  )
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort()
  const kept = paths.filter((path) => !left.some((prefix) => path.startsWith(prefix)))
  return Object.fromEntries(kept.map((path) => [path, hash('sha256', readFileSync(join(folder, path)))]))
}
