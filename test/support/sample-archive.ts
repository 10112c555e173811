import type { ArchiveId, ImportId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { ImportedArchive, IndexedArchive } from '../../src/messages/importing/message-imports.ts'
import type { MessageStore } from '../../src/messages/message-store.ts'
import { SAMPLE_TOPIC, sampleMessage } from './sample-message.ts'
import { COMMUNITY } from './temporary-message-store.ts'

/** An archive and what is in it. */
export interface SampleArchive extends IndexedArchive {
  readonly messages: readonly Message[]
}

/** The n-th archive, over [from, to). */
export function sampleArchive(
  n: number,
  [from, to]: readonly [from: number, to: number],
  messages: readonly Message[],
  contentTopics: readonly ContentTopic[] = [SAMPLE_TOPIC],
): SampleArchive {
  const id = `0x${n.toString(16).padStart(64, '0')}` as ArchiveId
  return { id, from: from as UnixSeconds, to: to as UnixSeconds, contentTopics, messages }
}

/** A message that was sent at a second, and differs from others of its name in nothing else. */
export function messageAt(second: number, name = '', topic = SAMPLE_TOPIC): Message {
  return sampleMessage({ timestamp: second as UnixSeconds, thirdPartyId: name, topic })
}

/** The n-th import. */
export function importIdOf(n: number): ImportId {
  return `018f0000-0000-7000-8000-${n.toString().padStart(12, '0')}` as ImportId
}

/** Writes an archive as the newest import does, in two batches, and counts it as imported. */
export async function writeArchive(
  store: MessageStore,
  importId: ImportId,
  archive: SampleArchive,
  communityId: CommunityId = COMMUNITY,
): Promise<ImportedArchive> {
  const opened = store.imports.openArchive(communityId, importId, archive.id)
  const { messages } = archive
  const written = [opened.write(messages.slice(0, 2)), opened.write(messages.slice(2))]
  const finished = opened.finish()
  await Promise.all(written)
  return finished
}

/** Imports archives one by one in an import of their own. Returns how many messages it removed. */
export async function importArchives(
  store: MessageStore,
  importId: ImportId,
  archives: readonly SampleArchive[],
  index: readonly IndexedArchive[] = archives,
): Promise<number> {
  await store.imports.begin(COMMUNITY, importId)
  let removed = 0
  for (const archive of archives) {
    await writeArchive(store, importId, archive)
    removed += await store.imports.canonicalise(COMMUNITY, importId, archive.id, index)
  }
  return removed
}
