import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

/** Megabytes of a file that SHA-1 takes in a second, from byte `start` on. Reading the file does not count. */
export function sha1Speed(path: string, start = 0): number {
  const buffer = Buffer.alloc(1_048_576)
  const hash = createHash('sha1')
  const file = openSync(path, 'r')
  const readAt = (position: number): number => readSync(file, buffer, 0, buffer.length, position)
  let position = start
  let tookMs = 0
  for (let read = readAt(position); read > 0; read = readAt(position)) {
    const startedAt = performance.now()
    hash.update(buffer.subarray(0, read))
    tookMs += performance.now() - startedAt
    position += read
  }
  closeSync(file)
  return (position - start) / 1000 / tookMs
}
