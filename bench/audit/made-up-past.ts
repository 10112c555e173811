import { PARTITION_SECONDS, PIECE_BYTES, type ArchiveEntry, type ArchiveId } from '../../src/domain/archive.ts'
import type { DownloadId, ImportId, RunId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { magnetUriOf, type Clock } from '../../src/domain/magnet.ts'
import { DEFAULT_SELECTION } from '../../src/domain/selection.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'

/** What one wish led to, and who wished it. */
export interface Told {
  readonly actor: 'local' | 'schedule' | 'reactor:seeding' | 'reactor:dispatching' | 'reactor:downloading'
  readonly events: readonly CommunityEvent[]
}

const FIRST_SECOND = 1_672_531_200
const TRACKERS = ['udp://tracker.example.org:1337/announce', 'udp://tracker.example.com:6969/announce']
const TOPICS = ['0x0a0b0c0d', '0x01020304', '0xc9756fef'] as ContentTopic[]
const TELLS_A_WEEK = 4

/** How a community began: the even ones are this node's own, it is a member of the odd ones. */
export function beginning(community: number): Told {
  const communityId = communityOf(community)
  const role = community % 2 === 0 ? 'CONTROL_NODE' : 'MEMBER'
  const events: readonly CommunityEvent[] = [
    { type: 'CommunityAdded', communityId, data: { role } },
    { type: 'ContentTopicsChanged', communityId, data: { contentTopics: TOPICS } },
    { type: 'ArchivingEnabled', communityId, data: {} },
  ]
  return { actor: 'local', events }
}

/** What happened to a community in a week, in order. Each is caused by the last event of the one before. */
export function weekOf(community: number, week: number): readonly Told[] {
  const told = community % 2 === 0 ? controlled(community, week) : followed(community, week)
  return week % 10 === community % 10 ? [...told, changed(community, week)] : told
}

function controlled(community: number, week: number): readonly Told[] {
  const communityId = communityOf(community)
  const run = { runId: idOf('1', community, week) as RunId, from: secondOf(week), to: secondOf(week + 1) }
  const packing = { contentTopics: TOPICS, partitionSeconds: PARTITION_SECONDS, recordedAfter: week * 700 }
  const [archive, infoHash] = [archiveOf(community, week), infoHashOf(community, week)]
  const magnetUri = magnetUriOf(infoHash, communityId, TRACKERS)
  const files = { generation: 1, dataBytes: (week + 1) * 3 * PIECE_BYTES, indexBytes: 300 * (week + 1) }
  const made = {
    ...run,
    ...packing,
    recordedUpTo: (week + 1) * 700,
    archives: [archive],
    infoHash,
    magnetUri,
    ...files,
  }
  const dispatches = Array.from({ length: TELLS_A_WEEK }, (_, n): Told => {
    const clock = (run.to * 1000 + n * 28_800_000) as Clock
    const data = { infoHash, clock, magnetUri, publicKey: 'a1'.repeat(32), signature: 'b2'.repeat(64) }
    return { actor: 'reactor:dispatching', events: [{ type: 'MagnetlinkDispatched', communityId, data }] }
  })
  return [
    { actor: 'schedule', events: [{ type: 'ArchiveCreationStarted', communityId, data: { ...run, ...packing } }] },
    { actor: 'schedule', events: [{ type: 'ArchiveCreated', communityId, data: made }] },
    { actor: 'reactor:seeding', events: [{ type: 'SeedingStarted', communityId, data: { infoHash } }] },
    ...dispatches,
    ...replaced(community, week),
  ]
}

function followed(community: number, week: number): readonly Told[] {
  const communityId = communityOf(community)
  const [archive, infoHash] = [archiveOf(community, week), infoHashOf(community, week)]
  const magnetUri = magnetUriOf(infoHash, communityId, TRACKERS)
  const link = { clock: (secondOf(week + 1) * 1000) as Clock, infoHash, magnetUri }
  const url = 'wss://node.example/graphql' as never
  const origin = {
    type: 'FOLLOWED',
    url,
    cursor: Buffer.from(`${communityId.slice(2, 38)}:${week}`).toString('base64url'),
  }
  const proof = { publicKey: 'a1'.repeat(32), signature: 'b2'.repeat(64), signedTextSha256: null }
  const [downloadId, importId] = [idOf('2', community, week) as DownloadId, idOf('3', community, week) as ImportId]
  const { id, from, to, offset, paddingBytes, rawBytes, messages, sha256 } = archive
  const fetched = { id, from, to, offset, sizeBytes: rawBytes + paddingBytes, paddingBytes }
  const files = { generation: 1, dataBytes: (week + 1) * 3 * PIECE_BYTES, indexBytes: 300 * (week + 1) }
  const finished = { downloadId, infoHash, magnetUri, ...files, archives: week + 1, heldArchives: week + 1 }
  const imported = { importId, archiveId: id, messages, added: messages, removed: 0, sha256 }
  const selection = DEFAULT_SELECTION
  const of = (events: readonly CommunityEvent[]): Told => ({ actor: 'reactor:downloading', events })
  return [
    of([{ type: 'MagnetlinkReceived', communityId, data: { ...link, origin: origin as never, proof } }]),
    of([{ type: 'DownloadStarted', communityId, data: { downloadId, ...link, selection } }]),
    of([{ type: 'ArchiveDownloaded', communityId, data: { downloadId, infoHash, generation: 1, archive: fetched } }]),
    of([{ type: 'DownloadFinished', communityId, data: finished }]),
    { actor: 'reactor:seeding', events: [{ type: 'SeedingStarted', communityId, data: { infoHash } }] },
    of([{ type: 'ImportStarted', communityId, data: { importId, infoHash } }]),
    of([{ type: 'ArchiveImported', communityId, data: imported }]),
    of([{ type: 'ImportFinished', communityId, data: { importId, imported: 1, quarantined: 0 } }]),
    ...replaced(community, week),
  ]
}

function replaced(community: number, week: number): readonly Told[] {
  if (week === 0) return []
  const data = { infoHash: infoHashOf(community, week - 1), reason: 'REPLACED', code: null } as const
  return [{ actor: 'reactor:seeding', events: [{ type: 'Unseeded', communityId: communityOf(community), data }] }]
}

/** Now and then an operator does something, or a disk fails. */
function changed(community: number, week: number): Told {
  const communityId = communityOf(community)
  const infoHash = infoHashOf(community, week)
  if (week % 2 === 0) {
    const data = { ...defaultSettings, quotaBytes: 1_000_000_000 + week }
    return { actor: 'local', events: [{ type: 'SettingsChanged', communityId, data }] }
  }
  const failed = { type: 'SeedingFailed', communityId, data: { infoHash, code: 'READ_FAILED' } } as const
  return { actor: 'reactor:seeding', events: [failed, { type: 'SeedingStarted', communityId, data: { infoHash } }] }
}

function archiveOf(community: number, week: number): ArchiveEntry {
  const rawBytes = 210_000 + ((community * 7 + week * 13) % 1_000) * 80
  return {
    id: `0x${hexOf('a', community, week, 64)}` as ArchiveId,
    from: secondOf(week),
    to: secondOf(week + 1),
    offset: week * 3 * PIECE_BYTES,
    rawBytes,
    paddingBytes: 3 * PIECE_BYTES - rawBytes,
    messages: 500 + ((community + week) % 400),
    sha256: hexOf('b', community, week, 64),
  }
}

/** The id of the n-th community. */
export function communityOf(community: number): CommunityId {
  return `0x${hexOf('c', community, 0, 64)}` as CommunityId
}

function infoHashOf(community: number, week: number): InfoHash {
  return hexOf('d', community, week, 40) as InfoHash
}

/** Hex that does not repeat itself much, as hashes do not. */
function hexOf(kind: string, community: number, week: number, length: number): string {
  const mixed = Math.imul(community * 4_093 + week + 1, 2_654_435_761) >>> 0
  const number = `${kind}${community.toString(16).padStart(5, '0')}${week.toString(16).padStart(4, '0')}`
  return `${mixed
    .toString(16)
    .padStart(8, '0')
    .repeat(8)
    .slice(0, length - number.length)}${number}`
}

function idOf(kind: string, community: number, week: number): string {
  return `01890000-0000-7000-8${kind}00-${hexOf('0', community, week, 12)}`
}

function secondOf(week: number): UnixSeconds {
  return (FIRST_SECOND + week * PARTITION_SECONDS) as UnixSeconds
}
