import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { readUpTo } from '../../src/archives/reading/read-up-to.ts'
import { checkArchiveContent } from '../../src/archives/receiving/check-archive-content.ts'
import type { ArchiveEntry } from '../../src/domain/archive.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import { decodeArchive } from './decode-archive.ts'
import { valueOf } from './value-of.ts'

/**
 * Reads the messages of an archive that was packed here.
 *
 * @returns All of it, in the archive's order.
 * @throws When its bytes are not those recorded, or when a member would refuse it, as where a message is out of its range.
 */
export async function messagesInArchive(
  dataPath: string,
  { id, from, to, offset, rawBytes, sha256 }: ArchiveEntry,
  contentTopics: readonly ContentTopic[],
): Promise<readonly Message[]> {
  await using file = await open(dataPath, 'r')
  const bytes = await readUpTo(file, offset, rawBytes)
  if (hash('sha256', bytes) !== sha256) throw new Error(`The bytes of the archive ${id} are not those recorded`)
  valueOf(await checkArchiveContent(bytes, { from, to, contentTopics }))
  return valueOf(decodeArchive(bytes)).messages
}
