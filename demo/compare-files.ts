import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dispatched } from './signals.ts'

/** Compares every byte that was fetched with what the node that packed it keeps. @returns What it saw. @throws On any difference. */
export async function compareFiles(
  { communityId, infoHash }: Dispatched,
  dataDir: string,
  fetched: string,
): Promise<string> {
  const kept = join(dataDir, 'archives', communityId)
  const pairs = [
    ['data', join(kept, 'data.1')],
    ['index', join(kept, infoHash, 'index')],
  ] as const
  let bytes = 0
  for (const [name, path] of pairs) {
    const [left, right] = await Promise.all([readFile(path), readFile(join(fetched, communityId, name))])
    if (!left.equals(right)) throw new Error(`${name} of ${communityId} is not what the control node packed`)
    bytes += right.length
  }
  return `${infoHash}: all ${bytes} bytes are what the control node packed`
}
