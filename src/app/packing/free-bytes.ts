import { statfs } from 'node:fs/promises'

/**
 * How much a process without privileges can still write to the disk that a folder is on, in bytes.
 *
 * @throws What node:fs throws, when the folder does not exist.
 */
export async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
