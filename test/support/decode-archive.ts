import { ArchiveScan, type ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import type { Message } from '../../src/domain/message.ts'
import { ok, type Result } from '../../src/domain/result.ts'
import type { MalformedEncoding } from '../../src/formats/wire-reader.ts'

/** Decodes an archive without its padding, all at once. Never throws. */
export function decodeArchive(
  bytes: Uint8Array,
): Result<{ readonly metadata: ArchiveMetadata; readonly messages: readonly Message[] }, MalformedEncoding> {
  const scan = new ArchiveScan(bytes)
  const messages: Message[] = []
  for (;;) {
    const slice = scan.next()
    if (!slice.ok) return slice
    if (slice.value.type === 'END') return ok({ metadata: slice.value.metadata, messages })
    messages.push(...slice.value.messages)
  }
}
