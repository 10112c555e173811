import type { ArchiveId, ImportId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { IndexedArchive, TakenOver } from '../../src/messages/importing/message-imports.ts'
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

/** How archives are taken over, where it is not the usual way. */
export interface TakingOver {
  /** What the index names; these archives alone unless given. */
  readonly index?: readonly IndexedArchive[]
  readonly communityId?: CommunityId
  readonly signal?: AbortSignal
}

/** Takes over archives, each in two batches. */
export async function takeOver(
  store: MessageStore,
  importId: ImportId,
  archives: readonly SampleArchive[],
  { index = archives, communityId = COMMUNITY, signal }: TakingOver = {},
): Promise<readonly TakenOver[]> {
  const inBatches = archives.map(({ id, messages }) => {
    return { archiveId: id, batches: [messages.slice(0, 2), messages.slice(2)] }
  })
  return store.imports.takeOver({ communityId, importId, index, archives: inBatches }, signal)
}

/** Takes over archives one by one. Returns how many messages that removed. */
export async function importArchives(
  store: MessageStore,
  importId: ImportId,
  archives: readonly SampleArchive[],
  index: readonly IndexedArchive[] = archives,
): Promise<number> {
  let removed = 0
  for (const archive of archives) {
    for (const taken of await takeOver(store, importId, [archive], { index })) removed += taken.removed
  }
  return removed
}
