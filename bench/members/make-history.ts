import { join } from 'node:path'
import { packRecorded } from '../../src/app/packing/pack-recorded.ts'
import { filesOf } from '../../src/app/torrents.ts'
import { nodeFileSteps } from '../../src/archives/file-steps.ts'
import type { ArchiveVersion } from '../../src/archives/packing/previous-version.ts'
import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { openMessageStore } from '../../src/messages/message-store.ts'
import type { TorrentToServe } from '../../src/torrents/client/torrent-to-serve.ts'
import { fillMessages, OVERHEAD_BYTES } from '../packing/fill-messages.ts'

/** A history to be packed, one archive a week. */
export interface HistoryShape {
  /** A foreign one, whose links anybody who may can submit. */
  readonly communityId: CommunityId
  readonly weeks: number
  readonly messagesPerWeek: number
  /** How long a message is, encoded. */
  readonly messageBytes: number
}

/** A version of a history that can be served and fetched. */
export interface PackedVersion extends ArchiveVersion {
  readonly indexBytes: number
  readonly torrent: TorrentToServe
}

/** Of all messages. */
export const TOPIC = '0x0a0b0c0d' as ContentTopic
const START = 1_600_000_000

/**
 * Makes up a history, and packs it.
 *
 * @param folder An empty one.
 * @param versions How many weeks each version has more than the one before; all of them in one, unless given.
 * @returns The versions, of which each has the one before within it.
 */
export async function makeHistory(
  folder: string,
  { communityId, weeks, messagesPerWeek, messageBytes }: HistoryShape,
  versions: readonly number[] = [weeks],
): Promise<readonly PackedVersion[]> {
  const messagesFile = join(folder, 'messages.db')
  await openMessageStore(messagesFile).close()
  const when = { from: START, seconds: weeks * PARTITION_SECONDS }
  const payloadBytes = messageBytes - OVERHEAD_BYTES
  fillMessages(messagesFile, { communityId, topic: TOPIC, messages: weeks * messagesPerWeek, payloadBytes, ...when })
  const reader = openMessageReader(messagesFile)
  try {
    const packed: PackedVersion[] = []
    let from = START
    for (const count of versions) {
      const to = from + count * PARTITION_SECONDS
      const range = { from: from as UnixSeconds, to: to as UnixSeconds, partitionSeconds: PARTITION_SECONDS }
      const previous = packed.at(-1) ?? null
      const what = { archivesDir: folder, communityId, contentTopics: [TOPIC], previous, trackers: [] }
      const request = { ...what, ...range, createdAt: to as UnixSeconds }
      const space = { previous, freeBytes: Number.MAX_SAFE_INTEGER, quotaBytes: null }
      const recordedAfter = Math.round((from - START) / PARTITION_SECONDS) * messagesPerWeek
      const end = packRecorded(reader, { request, recordedAfter, space }, { files: nodeFileSteps })
      packed.push(versionOf(folder, communityId, end))
      from = to
    }
    return packed
  } finally {
    await reader.close()
  }
}

function versionOf(
  archivesDir: string,
  communityId: CommunityId,
  { packed, details }: ReturnType<typeof packRecorded>,
): PackedVersion {
  if (!packed.ok || packed.value.type !== 'CREATED') throw new Error(`Cannot measure: nothing was packed. ${details}`)
  const { infoHash, generation, dataBytes, indexBytes } = packed.value.archive
  const files = filesOf({ communityId, infoHash, generation, dataBytes, isFetched: false }, archivesDir)
  const torrent: TorrentToServe = { ...files, trackers: [], trustedTrackers: [], check: 'WHOLE' }
  return { infoHash, generation, dataBytes, indexBytes, torrent }
}
