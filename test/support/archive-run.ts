import { v7 } from 'uuid'
import type { Stores } from '../../src/app/stores.ts'
import type { MessageSource } from '../../src/archives/packing/message-source.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives } from '../../src/archives/packing/packing-request.ts'
import { PARTITION_SECONDS, type RunId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { magnetUriOf } from '../../src/domain/magnet.ts'
import { secondOf, type UnixMillis, type UnixSeconds } from '../../src/domain/time.ts'
import { readNewestVersion } from '../../src/projections/versions.ts'
import { messagesOf, type ArchiveRun } from './run-messages.ts'
import { SAMPLE_TOPIC } from './sample-message.ts'
import { metaOf } from './sample-wishes.ts'
import { valueOf } from './value-of.ts'

/** Starts a run over [from, to), without a process that would pack it. */
export async function startRun(
  { db, execute, messages, archivesDir }: Stores,
  communityId: CommunityId,
  from: UnixSeconds,
  to: UnixSeconds,
): Promise<ArchiveRun> {
  const [runId, now] = [v7() as RunId, secondOf(Date.now() as UnixMillis)]
  const wish = { type: 'CreateArchive', communityId, runId, from, to, now, oldestMessageAt: from } as const
  valueOf(await execute({ ...wish, protocolEnabled: true }, metaOf()))
  const previous = await readNewestVersion(db, communityId)
  const range = { from, to, contentTopics: [SAMPLE_TOPIC], partitionSeconds: PARTITION_SECONDS }
  const request = { archivesDir, communityId, ...range, previous, trackers: [], createdAt: now }
  return { runId, request, recordedUpTo: messages.newestSequence() }
}

/** Packs a run, and records what came of it. Late messages are packed only where a source of them is given. */
export async function endRun(
  { execute, messages }: Stores,
  run: ArchiveRun,
  source: MessageSource = messagesOf(messages, run),
): Promise<PackedArchives> {
  const { runId, request, recordedUpTo } = run
  const { communityId, trackers } = request
  const packed = valueOf(packArchives(request, source))
  if (packed === null) throw new Error(`There is nothing to pack in ${communityId}`)
  const { archives, generation, dataBytes, indexBytes, infoHash } = packed
  const magnetUri = magnetUriOf(infoHash, communityId, trackers)
  const archive = { runId, recordedUpTo, archives, generation, dataBytes, indexBytes, infoHash, magnetUri }
  valueOf(await execute({ type: 'RecordArchiveCreated', communityId, archive }, metaOf()))
  return packed
}
