import { createReadStream } from 'node:fs'
import type { Extract, Pack } from 'tar-stream'

/** What is said of a file in a tar file. */
export interface TarHeader {
  readonly name: string
  readonly size: number
  readonly mode: number
  readonly mtime: Date
}

/**
 * The bytes of what tar-stream gives out, which its types do not tell.
 *
 * Its streams are not Node's own: `pipeline` of node:stream does not see them end, so that they are read and written here.
 */
export function bytesOf(source: object): AsyncIterable<Uint8Array> {
  return source as AsyncIterable<Uint8Array>
}

/** Adds a file to a tar file. @throws When it cannot be read, or has other bytes than the header says. */
export async function addFile(tar: Pack, path: string, header: TarHeader): Promise<void> {
  const { promise: added, resolve, reject } = Promise.withResolvers<void>()
  const entry = tar.entry(header, (error) => (error == null ? resolve() : reject(error)))
  await writeFile(entry, path, () => undefined)
  await added
}

/** Has a tar file read from its beginning to its end, or until whoever reads its entries stops. */
export async function feed(tar: Extract, path: string, onBytes: (bytes: number) => void): Promise<void> {
  try {
    await writeFile(tar, path, onBytes)
  } catch (cause) {
    // Whoever reads the entries is told.
    tar.destroy(cause instanceof Error ? cause : new Error(String(cause)))
  }
}

type Sink = Extract | ReturnType<Pack['entry']>

async function writeFile(sink: Sink, path: string, onBytes: (bytes: number) => void): Promise<void> {
  let total = 0
  for await (const part of createReadStream(path) as AsyncIterable<Uint8Array>) {
    total += part.length
    if (!sink.write(part)) await room(sink)
    if (sink.destroying) return
    onBytes(total)
  }
  sink.end(null)
}

/** Until more can be written, or nothing will be read any more. */
async function room(sink: Sink): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  sink.on('drain', resolve)
  sink.on('close', resolve)
  if (!sink.destroying) await promise
  sink.off('drain', resolve)
  sink.off('close', resolve)
}
