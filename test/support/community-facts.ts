import { PARTITION_SECONDS, PIECE_BYTES, type ArchiveId, type RunId } from '../../src/domain/archive.ts'
import type { RecordArchiveCreated } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type * as Events from '../../src/domain/events.ts'
import type { SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { magnetUriOf, type Clock } from '../../src/domain/magnet.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'

/** The community of all these facts. */
export const COMMUNITY = `0x${'c0'.repeat(32)}` as CommunityId
export const TOPICS: readonly ContentTopic[] = ['0x0a0b0c0d' as ContentTopic, '0x01020304' as ContentTopic]

const FIRST_SECOND = 1_700_000_000

/** The n-th moment that matters: run n packs [at(n - 1), at(n)). */
export function at(n: number): UnixSeconds {
  return (FIRST_SECOND + n * PARTITION_SECONDS) as UnixSeconds
}

/** The run that packs the n-th week. */
export function runId(n: number): RunId {
  return `01890000-0000-7000-8000-${String(n).padStart(12, '0')}` as RunId
}

/** The torrent that the n-th run makes. */
export function infoHash(n: number): InfoHash {
  return n.toString(16).padStart(40, '0') as InfoHash
}

export function communityAdded(role: Events.Role = 'CONTROL_NODE'): Events.CommunityAdded {
  return { type: 'CommunityAdded', communityId: COMMUNITY, data: { role } }
}
export const communityLeft: Events.CommunityLeft = { type: 'CommunityLeft', communityId: COMMUNITY, data: {} }
export function contentTopicsChanged(contentTopics = TOPICS): Events.ContentTopicsChanged {
  return { type: 'ContentTopicsChanged', communityId: COMMUNITY, data: { contentTopics } }
}
export const archivingEnabled: Events.ArchivingEnabled = { type: 'ArchivingEnabled', communityId: COMMUNITY, data: {} }
export const archivingDisabled: Events.ArchivingDisabled = {
  type: 'ArchivingDisabled',
  communityId: COMMUNITY,
  data: {},
}
export const seedingRequested: Events.SeedingRequested = { type: 'SeedingRequested', communityId: COMMUNITY, data: {} }
export const seedingWithdrawn: Events.SeedingWithdrawn = { type: 'SeedingWithdrawn', communityId: COMMUNITY, data: {} }

/** Run n over its week. */
export function archiveCreationStarted(n: number): Events.ArchiveCreationStarted {
  const range = { from: at(n - 1), to: at(n) }
  const packing = { contentTopics: TOPICS, partitionSeconds: PARTITION_SECONDS, recordedAfter: (n - 1) * 10 }
  const data = { runId: runId(n), ...range, ...packing }
  return { type: 'ArchiveCreationStarted', communityId: COMMUNITY, data }
}

/** What run n packed: one archive of one piece, after those of the runs before. */
export function archiveCreated(n: number): Events.ArchiveCreated {
  const { runId: _, ...started } = archiveCreationStarted(n).data
  return { type: 'ArchiveCreated', communityId: COMMUNITY, data: { ...packed(n), ...started } }
}

/** What a run tells of its work. */
export function packed(n: number, start = (n - 1) * PIECE_BYTES): RecordArchiveCreated['archive'] {
  return {
    runId: runId(n),
    recordedUpTo: n * 10,
    archives: [
      {
        id: `0x${String(n).padStart(64, '0')}` as ArchiveId,
        from: at(n - 1),
        to: at(n),
        offset: start,
        rawBytes: 1000,
        paddingBytes: PIECE_BYTES - 1000,
        messages: 3,
        sha256: String(n).padStart(64, '0'),
      },
    ],
    generation: 1,
    dataBytes: start + PIECE_BYTES,
    indexBytes: 200 * n,
    infoHash: infoHash(n),
    magnetUri: magnetUriOf(infoHash(n), COMMUNITY, []),
  }
}

export function noArchiveCreated(n: number): Events.NoArchiveCreated {
  const data = { runId: runId(n), from: at(n - 1), to: at(n), recordedUpTo: n * 10 }
  return { type: 'NoArchiveCreated', communityId: COMMUNITY, data }
}

export function archiveCreationFailed(
  n: number,
  code: Events.ArchiveCreationFailed['data']['code'],
): Events.ArchiveCreationFailed {
  return { type: 'ArchiveCreationFailed', communityId: COMMUNITY, data: { runId: runId(n), code, numbers: {} } }
}

export function seedingStarted(n: number): Events.SeedingStarted {
  return { type: 'SeedingStarted', communityId: COMMUNITY, data: { infoHash: infoHash(n) } }
}
export function seedingFailed(n: number, code: SeedingFailureCode): Events.SeedingFailed {
  return { type: 'SeedingFailed', communityId: COMMUNITY, data: { infoHash: infoHash(n), code } }
}
export function unseeded(n: number, reason: Events.DropReason): Events.Unseeded {
  return { type: 'Unseeded', communityId: COMMUNITY, data: { infoHash: infoHash(n), reason, code: null } }
}
export function damaged(n: number, code: SeedingFailureCode): Events.Unseeded {
  return { type: 'Unseeded', communityId: COMMUNITY, data: { infoHash: infoHash(n), reason: 'DAMAGED', code } }
}

/** An announcement of torrent n; what is signed and by whom is the reactor's business. */
export function announcement(n: number, clock: number): Events.MagnetlinkDispatched['data'] {
  return {
    infoHash: infoHash(n),
    clock: clock as Clock,
    magnetUri: magnetUriOf(infoHash(n), COMMUNITY, []),
    publicKey: 'a1'.repeat(32),
    signature: 'b2'.repeat(64),
  }
}
export function magnetlinkDispatched(n: number, clock: number): Events.MagnetlinkDispatched {
  return { type: 'MagnetlinkDispatched', communityId: COMMUNITY, data: announcement(n, clock) }
}

/** A control node's community that archives and has nothing yet. */
export const ready: readonly Events.CommunityEvent[] = [communityAdded(), contentTopicsChanged(), archivingEnabled]

/** Run n, from its start to its torrent. */
export function created(n: number): readonly Events.CommunityEvent[] {
  return [archiveCreationStarted(n), archiveCreated(n)]
}

/** Run n, its torrent, and that this is served. */
export function served(n: number): readonly Events.CommunityEvent[] {
  return [...created(n), seedingStarted(n)]
}
