import type { FileHandle } from 'node:fs/promises'

/** Reads until all is there or the file ends: one read may give less than it was asked for. */
export async function readUpTo(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(Math.min(length, Math.max(0, size - offset)))
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
