import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { DiskModel } from './disk-model.ts'

/** Writes what is on a disk in memory into a real folder. */
export function materialise(disk: DiskModel, folder: string): void {
  for (const [path, bytes] of disk.tree()) {
    const real = join(folder, path)
    mkdirSync(bytes === null ? real : dirname(real), { recursive: true })
    if (bytes !== null) writeFileSync(real, bytes)
  }
}

/** What is in a real folder, as `DiskModel.tree` tells it. */
export function readTree(folder: string): ReadonlyMap<string, Uint8Array | null> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const inside = entries.map((entry) => {
    const real = join(entry.parentPath, entry.name)
    const path = real.slice(folder.length).replaceAll(sep, '/')
    return [path, entry.isDirectory() ? null : new Uint8Array(readFileSync(real))] as const
  })
  return new Map([['', null], ...inside])
}
